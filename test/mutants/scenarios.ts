import { type Mutant, of } from './mutant.ts';

const DERIVE = ['scenarios/derive'];
const CHURN = ['scenarios/churn'];

export const scenarios: readonly Mutant[] = [
  ...of('scenarios/churn.ts', DERIVE, [
    ['a thousand times as many images per second', '1e9 / ns', '1e12 / ns'],
    [
      'a life with local=nothing has no ingest',
      "if (local === 'nothing') return WHOLE;",
      "if (local === 'nothing') return SET_UP;",
    ],
    [
      'a life with local=files has ingest and collect',
      "local === 'files' ? SET_UP : MOUNTED",
      "local === 'files' ? WHOLE : MOUNTED",
    ],
    ['the rate with a pull is that without', 'rate(sum(WHOLE))', 'rate(life)'],
    [
      'ingest for each object of collect',
      "perObject(values['ingestWallNs'], objectCount)",
      "perObject(values['collectWallNs'], objectCount)",
    ],
    ['no object gives a time for each', '|| objectCount === 0 ? null', '|| objectCount < 0 ? null'],
    ['arriving is create alone', "sum(['ingestWallNs', 'createWallNs']))", "sum(['createWallNs']))"],
    ['a checkout is create alone', "sum(['createWallNs', 'destroyWallNs'])", "sum(['createWallNs'])"],
    [
      'a durable removal has the syncfs after create',
      "'collectWallNs', 'destroySyncWallNs'",
      "'collectWallNs', 'createSyncWallNs'",
    ],
  ]),
  ...of('scenarios/churn.ts', CHURN, [
    [
      'destroy is of what was never written back',
      "  stage.sync();\n  await stage.phase('destroy'",
      "  await stage.phase('destroy'",
    ],
    [
      'the syncfs is part of create',
      "stage.phase('create', () =>\n    prepared.create(stage.storeOf(number), dir, howOf(stage)),\n  );",
      "stage.phase('create', async () => { const made = await prepared.create(stage.storeOf(number), dir, howOf(stage)); stage.sync(); return made; });",
    ],
    ['a full store is looked up once per life', 'Math.ceil(LOOKUP_SHARE * stage.cycles)', 'stage.cycles'],
    ['use is part of mount', "await stage.phase('use', () =>", "await stage.phase('mount', () =>"],
    [
      'settling is part of unmount',
      "await stage.phase('settle', () => mounted.settle());",
      "await stage.phase('unmount', () => mounted.settle());",
    ],
    ['what is kept is collected', 'stage.kept)', '[])'],
    [
      'checkouts of every file live ten times',
      "local === 'files' && !createsFiles",
      "local === 'files' && createsFiles !== null",
    ],
  ]),
  ...of('harness/model/metrics.ts', DERIVE, [
    [
      'what is missing is zero',
      'if (value === undefined) return null;',
      'if (value === undefined) continue;',
    ],
  ]),
  ...of(
    'scenarios/churn-fresh.ts',
    [...DERIVE, ...CHURN],
    [
      ['collect is left out', 'destroyWallNs + collectWallNs', 'destroyWallNs'],
      [
        'files are written back first',
        'const created = await prepared.create(store, dir);',
        'const created = await prepared.create(store, dir);\n    stage.sync();',
      ],
    ],
  ),
  ...of(
    'scenarios/container-churn.ts',
    [...DERIVE, ...CHURN],
    [
      ['settling of all is counted for each', 'settleWallNs / Number(containers)', 'settleWallNs'],
      ['a second is a million microseconds', '1e9 / whole', '1e6 / whole'],
      [
        'each container sets its image up',
        "stage.slot.params['local'] === 'image'",
        "stage.slot.params['local'] === 'images'",
      ],
    ],
  ),
  ...of('scenarios/parallel-create.ts', DERIVE, [
    ['going down is free', '/ (upWallNs + downWallNs)', '/ upWallNs'],
    ['the same for one as for all', 'upEachWallNs: upWallNs / Number(images)', 'upEachWallNs: upWallNs'],
  ]),
  ...of('scenarios/prefetch.ts', DERIVE, [
    ['the start of cat is part of reading', 'readAndStartWallNs - catStartWallNs', 'readAndStartWallNs'],
    [
      'reading takes less than no time',
      'Math.max(0, readAndStartWallNs - catStartWallNs)',
      '(readAndStartWallNs - catStartWallNs)',
    ],
    ['the walk alone', 'prefetchWallNs + walkWallNs', 'walkWallNs'],
  ]),
  ...of('scenarios/cleanup.ts', DERIVE, [
    ['the syncfs is no part of a durable removal', 'removed + removeSyncWallNs', 'removed'],
  ]),
  ...of('scenarios/walk.ts', DERIVE, [
    [
      'walks in microseconds',
      '{ ...values, walkWallNs: useWallNs }',
      '{ ...values, walkWallNs: useWallNs / 1000 }',
    ],
  ]),
];
