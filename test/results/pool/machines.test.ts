import assert from 'node:assert/strict';
import { test } from 'node:test';
import { viewOf } from '../../../report/load.ts';
import { mailOf } from '../../../report/mail/mail.ts';
import { runMarkdown } from '../../../report/markdown/run.ts';
import { htmlOf } from '../../../report/render.ts';
import { terminalOf } from '../../../report/terminal.ts';
import { pieces } from '../../../results/exports/json.ts';
import type { RunSummary } from '../../../results/exports/summary.ts';
import { poolCsv } from '../../../results/pool/csv.ts';
import type { RunFile, Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../../report/support/example.ts';
import { pooled, type StoredRun, slowerSample } from './stored-runs.ts';

const MACHINES = 4;
const RUNS = 4;
/** Of the arm that a planted machine is slower in. */
const ARM = 'composefs-fuse';
const SLOWER = 1.25;

interface Machine {
  readonly host: string;
  readonly environment?: Partial<RunFile['environment']>;
  readonly factor?: number;
  readonly changeCounts?: (sample: Sample) => Sample;
}

const runsOn = (
  { host, environment, factor = 1, changeCounts }: Machine,
  first: number,
): readonly StoredRun[] =>
  Array.from({ length: RUNS }, (_, index): StoredRun => {
    const seed = first + index;
    const { run, samples } = exampleRun({ seed, images: ['debian-12-base'] });
    const timed = samples.map((sample) => slowerSample(sample, ARM, factor));
    return {
      run: {
        ...run,
        id: `2026-01-15-${host}-${seed}`,
        host,
        startedAt: `2026-01-15T${10 + index}:00:00.000Z`,
        environment: { ...run.environment, ...environment },
        plan: { ...run.plan, seed: String(seed) },
      },
      samples: changeCounts === undefined ? timed : timed.map(changeCounts),
    };
  });

const fleetOf = (machines: readonly Machine[]): readonly StoredRun[] =>
  machines.flatMap((machine, at) => runsOn(machine, 1 + at * RUNS));

const alike = Array.from({ length: MACHINES }, (_, at): Machine => ({ host: `machine-00000${at}` }));
const withLast = (last: Partial<Machine>): readonly Machine[] =>
  alike.map((machine, at) => (at === MACHINES - 1 ? { ...machine, ...last } : machine));

test('a slower machine is named in every format, with the differences of its environment', async () => {
  const runs = fleetOf(withLast({ factor: SLOWER, environment: { governor: 'powersave' } }));
  const found = await pooled(runs);
  const view = viewOf(found);
  const named =
    /machine-000003 disagrees with the other machines in \d+ of \d+ rows: most in .*: .*, 1\.2\d times that of the others \(p (< )?0\.\d+\)\. Its environment differs in governor \(powersave; elsewhere .*\)\./;
  const short = mailOf(view);
  for (const text of [
    terminalOf(view),
    short,
    mailOf(view, { long: true }),
    runMarkdown(view).replaceAll('&#8203;', '').replaceAll('&#58;', ':'),
    htmlOf(view),
  ]) {
    const flat = text.replaceAll(/\s+/g, ' ');
    assert.match(flat, named);
    assert.doesNotMatch(flat, /machine-00000[012] disagrees/);
    if (text !== short)
      assert.match(
        flat,
        /Pooled over 16 runs on 4 machines: the intervals hold for runs of this plan on further machines drawn like these/,
      );
  }
  const page = htmlOf(view);
  assert.match(page, /<h2 id="machines">By machine<\/h2>/);
  assert.match(page, /<span class="wrong">disagrees<\/span>/);
  let text = '';
  for (const piece of pieces(found)) text += piece;
  const { pool, series } = JSON.parse(text) as RunSummary;
  assert.equal(pool!.fleet!.machines.length, MACHINES);
  assert.deepEqual(new Set(pool!.runs.map(({ machine }) => machine)), new Set([0, 1, 2, 3]));
  assert.ok(
    series.some(({ interval }) => interval.kind === 'interval' && interval.machines?.count === MACHINES),
  );
  const lines = [...poolCsv(found)].join('').split('\n');
  assert.ok(lines.some((line) => /mountWallNs,composefs-fuse,.*,machine-000003,.*,yes$/.test(line)));
  assert.ok(lines.every((line) => !/machine-00000[012],.*,yes$/.test(line)));
});

test('the report says what intervals of rows hold for that two machines alone have', async () => {
  const onTwo = fleetOf(alike).map(({ run, samples }) => ({
    run,
    samples: samples.filter(({ scenario }) => scenario !== 'walk-cold' || run.host < 'machine-000002'),
  }));
  const textOf = async (runs: readonly StoredRun[]): Promise<string> =>
    terminalOf(viewOf(await pooled(runs))).replaceAll(/\s+/g, ' ');
  assert.match(
    await textOf(onTwo),
    /further machines drawn like these; those of rows that fewer than 3 machines have, for further runs on these machines only\./,
  );
  assert.doesNotMatch(await textOf(fleetOf(alike)), /fewer than 3 machines/);
});

test('a fleet fits 80 and 60 columns', async () => {
  const view = viewOf(await pooled(fleetOf(withLast({ factor: SLOWER }))));
  for (const columns of [80, 60])
    for (const allImages of [false, true])
      for (const line of terminalOf(view, { columns, allImages }).split('\n'))
        assert.ok(line.length <= columns, `${columns}: ${line}`);
});

test('equal machines are not named, and their counts are equal', async () => {
  const { pool } = await pooled(fleetOf(alike));
  const { rows, unequal, comparedCounts } = pool.fleet!;
  assert.ok(rows.length > 0 && comparedCounts > 0);
  assert.ok(rows.every(({ machines }) => machines.every(({ disagrees }) => !disagrees)));
  assert.deepEqual(unequal, []);
});

const oneMore = (sample: Sample): Sample =>
  sample.outcome !== 'ok' ||
  sample.ledger === undefined ||
  sample.arm !== ARM ||
  sample.scenario !== 'walk-warm'
    ? sample
    : {
        ...sample,
        ledger: {
          ...sample.ledger,
          use: { ...sample.ledger.use, ls: { ...sample.ledger.use?.['ls'], statx: 7 } },
        },
      };

test('counts that differ with equal fingerprints are named, with the machines and the factor', async () => {
  const kernel = '6.19.1 #1 SMP';
  const found = await pooled(
    fleetOf(withLast({ changeCounts: oneMore, environment: { kernel, governor: 'powersave' } })),
  );
  const [first, ...others] = found.pool.fleet!.unequal;
  assert.deepEqual(others, []);
  assert.equal(first!.count, 1);
  assert.deepEqual(first!.others, [MACHINES - 1]);
  assert.match(first!.examples[0]!, /^walk-warm debian-12-base composefs-fuse: use ls statx \d+ and 7$/);
  assert.match(first!.factors[0]!, /^(kernel|governor): /);
  assert.ok(
    first!.factors.some((line) => line === `kernel: 6.18.0 and ${kernel}`),
    first!.factors.join('; '),
  );
  const text = terminalOf(viewOf(found)).replaceAll(/\s+/g, ' ');
  assert.match(text, /1 count with equal fingerprints differs between .* and machine-000003: walk-warm/);
  assert.match(text, /Their environments differ in .*kernel: 6\.18\.0 and 6\.19\.1/);
});

test('counts that vary between the runs of one machine are not among the equal ones', async () => {
  const counted = async (changeCounts: (sample: Sample) => Sample): Promise<number> => {
    const { comparedCounts, unequal } = (await pooled(fleetOf(withLast({ changeCounts })))).pool.fleet!;
    assert.deepEqual(unequal, []);
    return comparedCounts;
  };
  let run = 0;
  const varying = (sample: Sample): Sample => {
    if (sample.seq === 0) run++;
    return sample.outcome !== 'ok' ||
      sample.pass !== 'count' ||
      sample.values['createdFileCount'] === undefined
      ? sample
      : { ...sample, values: { ...sample.values, createdFileCount: 7000 + run } };
  };
  const places = new Set(
    exampleRun({ images: ['debian-12-base'] })
      .samples.filter(
        ({ outcome, pass, scenario }) => outcome === 'ok' && pass === 'count' && scenario === 'churn',
      )
      .map(({ arm, params }) => `${arm} ${params['store']}`),
  );
  assert.equal((await counted((sample) => sample)) - (await counted(varying)), places.size);
});

test('a call that one machine alone makes is a count of 0 on the others', async () => {
  const alone = (sample: Sample): Sample =>
    sample.outcome !== 'ok' || sample.ledger === undefined || sample.scenario !== 'walk-cold'
      ? sample
      : {
          ...sample,
          ledger: {
            ...sample.ledger,
            use: { ...sample.ledger.use, ls: { ...sample.ledger.use?.['ls'], flock: 3 } },
          },
        };
  for (const machines of [
    withLast({ changeCounts: alone }),
    withLast({ changeCounts: alone }).toReversed(),
  ]) {
    const { unequal } = (await pooled(fleetOf(machines))).pool.fleet!;
    assert.equal(unequal.length, 1);
    assert.match(unequal[0]!.examples.join('; '), /use ls flock 0 and 3/);
  }
});

test('calls of a machine without ledgers were not counted, and are no zeros', async () => {
  const uncounted = (sample: Sample): Sample => {
    if (sample.outcome !== 'ok') return sample;
    const { ledger: _, ...rest } = sample;
    return rest;
  };
  for (const machines of [
    withLast({ changeCounts: uncounted }),
    withLast({ changeCounts: uncounted }).toReversed(),
  ])
    assert.deepEqual((await pooled(fleetOf(machines))).pool.fleet!.unequal, []);
});

test('counts with other fingerprints are not compared', async () => {
  const { run } = exampleRun();
  const tools = { ...run.environment.tools, ls: 'ls (GNU coreutils) 99' };
  const { pool } = await pooled(fleetOf(withLast({ changeCounts: oneMore, environment: { tools } })));
  assert.deepEqual(pool.fleet!.unequal, []);
});

test('the report says that machines without an id share one label', async () => {
  const { pool } = await pooled(fleetOf([{ host: 'machine-unknown' }, { host: 'machine-a' }]));
  assert.match(pool.notices.join('\n'), /^machines without an id have one label, machine-unknown: /m);
  assert.doesNotMatch((await pooled(fleetOf(alike))).pool.notices.join('\n'), /without an id/);
});

test('kernels are factors: a machine with two kernels counts as two, and each kernel has its ratios', async () => {
  const same = [
    { host: 'machine-a' },
    { host: 'machine-a', environment: { kernel: '6.19.0 #1' }, factor: SLOWER },
    { host: 'machine-b' },
    { host: 'machine-b', environment: { kernel: '6.19.0 #1' }, factor: SLOWER },
  ];
  const found = await pooled(fleetOf(same));
  const { machines, kernels, rows } = found.pool.fleet!;
  assert.deepEqual(
    machines.map(({ name }) => name),
    ['a', 'b'].flatMap((host) => ['6.18.0', '6.19.0'].map((kernel) => `machine-${host}, Linux ${kernel}`)),
  );
  assert.deepEqual(kernels, ['6.18.0', '6.19.0 #1']);
  const mount = rows.find(
    ({ metric, arm, kind }) => metric === 'mountWallNs' && arm === ARM && kind === 'ratio',
  )!;
  const [old, fresh] = mount.kernels.map(({ center }) => center);
  assert.ok(Math.abs(fresh! / old! - SLOWER) < 0.1, `${old} ${fresh}`);
  assert.match(terminalOf(viewOf(found), { allImages: true }), /^kernel 6\.19\.0: .*, 2 machines$/m);
});
