import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OkSample, Sample } from '../../results/schema/run.ts';
import { BASELINE, exampleRun } from './support/example.ts';
import { cellAt, rowAt, viewOf } from './support/view.ts';

const { run, samples } = exampleRun();
const view = viewOf(run, samples);
const { values: _, ...slot } = samples[0] as OkSample;

test('the baseline is the first arm, the null arm the last, with a mark of its own', () => {
  assert.deepEqual(
    view.arms.map(({ id, role, mark }) => [id, role, mark]),
    [
      ['erofs-overlay', 'baseline', 0],
      ['composefs-fuse', 'arm', 1],
      ['unpacked-overlay', 'arm', 2],
      ['null', 'null', 0],
    ],
  );
});

test('the first table has every headline row of both store states and the walks, per image and combined', () => {
  assert.deepEqual(
    view.tables.map(({ image, sections }) => [
      image,
      sections.map(({ scenario, params, rows }) => [scenario, params, rows.length]),
    ]),
    ['debian-12-base', 'debian-12-python', null].map((image) => [
      image,
      [
        ['churn', 'store=empty', 10],
        ['churn', 'store=full', 10],
        ['walk-warm', '', 1],
        ['walk-cold', '', 1],
      ],
    ]),
  );
});

test('a run without a sample says so and has no table', () => {
  const empty = viewOf({ ...run, status: 'interrupted' }, []);
  assert.match(empty.finding[0]!, /^Nothing was measured/);
  assert.deepEqual(empty.tables, []);
  assert.deepEqual(empty.leaks, { checkedSamples: 0, left: [] });
  assert.deepEqual(empty.warnings, ['the run is not complete: interrupted']);
});

test('an arm that failed everywhere has absent cells, not zeros', () => {
  const failed = samples.map(
    (sample): Sample =>
      sample.arm === 'composefs-fuse' && sample.outcome === 'ok'
        ? {
            ...slot,
            seq: sample.seq,
            arm: sample.arm,
            outcome: 'failed',
            phase: 'mount',
            code: 'EIO',
            message: 'no',
          }
        : sample,
  );
  const broken = viewOf(run, failed);
  const row = rowAt(broken, 'debian-12-base', 'churn store=empty', 'mountWallNs');
  assert.deepEqual(cellAt(broken, row, 'composefs-fuse'), { kind: 'absent' });
  assert.equal(broken.failures.length, 1);
  assert.match(broken.failures[0]!.what, /^mount: EIO: no \(\d+ slots, the first: time pass, block 0\)$/);
});

test('leftovers are named with their slot', () => {
  const leaking = samples.map(
    (sample): Sample =>
      sample.seq === 3 && sample.outcome === 'ok'
        ? { ...sample, values: { ...sample.values, leftMountCount: 2 } }
        : sample,
  );
  assert.deepEqual(view.leaks.left, []);
  assert.equal(view.leaks.checkedSamples, samples.length);
  assert.deepEqual(viewOf(run, leaking).leaks.left, [
    { scenario: 'churn', where: 'churn, store=empty, debian-12-base, null', what: 'leftMountCount: 2' },
  ]);
});

test('an exact metric that only timed passes have and that varies is a warning, except of the null arm', () => {
  const metrics = {
    ...run.catalogue.metrics,
    readAllBytes: { title: 'bytes', better: 'higher', noise: 'exact' },
  } as const;
  const read = samples.map((sample) =>
    sample.outcome === 'ok' && sample.scenario === 'walk-cold' && sample.pass === 'time'
      ? {
          ...sample,
          values: { ...sample.values, readAllBytes: sample.arm === BASELINE ? 7 : 7 + sample.block },
        }
      : sample,
  );
  const { warnings } = viewOf({ ...run, catalogue: { ...run.catalogue, metrics } }, read);
  const found = warnings.filter((line) => line.includes('readAllBytes'));
  assert.equal(found.length, 4, found.join('; '));
  assert.match(
    found[0]!,
    /walk-cold debian-12-\w+ composefs-fuse: readAllBytes varies between passes: 7 to 14$/,
  );
});

test('an exact count that varies between passes is a warning, a quasi-exact one is not', () => {
  assert.deepEqual(view.warnings, []);
  let changed = false;
  const varying = samples.map((sample): Sample => {
    if (changed || sample.pass !== 'count' || sample.outcome !== 'ok' || sample.scenario !== 'churn')
      return sample;
    changed = true;
    return {
      ...sample,
      values: { ...sample.values, createdFileCount: 1 },
      ledger: { ...sample.ledger, destroy: { harness: { unlink: 7 } } },
    };
  });
  const { warnings } = viewOf(run, varying);
  assert.equal(warnings.length, 2);
  assert.match(
    warnings[0]!,
    /^churn store=empty debian-12-base erofs-overlay: createdFileCount varies between passes: 1 to \d+$/,
  );
  assert.match(
    warnings[1]!,
    /1 system-call counts vary between passes, such as destroy harness unlink: 1 to 7$/,
  );
});

test('system calls are listed by phase, process and call', () => {
  const calls = view.calls.find(
    ({ scenario, params, image }) =>
      scenario === 'churn' && params === 'store=empty' && image === 'debian-12-base',
  )!;
  const unlink = calls.rows.find(
    ({ phase, actor, call }) => phase === 'destroy' && actor === 'rm' && call === 'unlinkat',
  )!;
  assert.deepEqual(
    unlink.counts.map((count) => count?.least ?? null),
    [null, null, 6620 + 1480, null],
  );
  assert.deepEqual(calls.totals[0]?.get('destroy'), { least: 1, most: 1, passes: 3 });
  assert.equal(calls.totals[3], null, 'the null arm is not counted');
});

test('ledgers without a phase are no counted calls', () => {
  const uncounted = samples.map(
    (sample): Sample =>
      sample.outcome === 'ok' && sample.pass === 'count' && sample.scenario === 'walk-warm'
        ? { ...sample, ledger: {} }
        : sample,
  );
  const scenariosIn = (of: readonly Sample[]): readonly string[] => [
    ...new Set(viewOf(run, of).calls.map(({ scenario }) => scenario)),
  ];
  assert.deepEqual(scenariosIn(samples), ['churn', 'walk-warm', 'walk-cold']);
  assert.deepEqual(scenariosIn(uncounted), ['churn', 'walk-cold']);
});

test('unequal proofs become warnings', () => {
  const proofs = run.proofs.map((proof, index) =>
    index === 1 ? { ...proof, equal: false, difference: '/etc/passwd: mode' } : proof,
  );
  assert.deepEqual(viewOf({ ...run, proofs }, samples).warnings, [
    'composefs-fuse does not show the tree of debian-12-base: /etc/passwd: mode',
  ]);
});

test('control and direction characters become visible text everywhere', () => {
  const hostile = viewOf(
    {
      ...run,
      host: 'a\u202eb',
      warnings: ['x\u0000\u001b[31m'],
      environment: { ...run.environment, tools: { 'k\u2028': 'v' } },
    },
    samples,
  );
  assert.equal(hostile.run.host, 'a\\u{202e}b');
  assert.deepEqual(hostile.warnings, ['x\\u{0}\\u{1b}[31m']);
  assert.deepEqual(hostile.environment.tools, { 'k\\u{2028}': 'v' });
});

test('inherited property names are no metrics, scenarios or backends', () => {
  const odd = samples.map(
    (sample): Sample =>
      sample.outcome === 'ok'
        ? {
            ...sample,
            scenario: 'constructor',
            arm: sample.arm === 'composefs-fuse' ? 'toString' : sample.arm,
            backend: sample.arm === 'composefs-fuse' ? 'toString' : sample.backend,
            values: JSON.parse('{"__proto__":1,"valueOf":2}'),
          }
        : sample,
  );
  const strange = viewOf(run, odd);
  assert.deepEqual(strange.tables, []);
  assert.equal(strange.arms.find(({ id }) => id === 'toString')?.title, 'toString');
  assert.deepEqual(
    strange.further[0]?.sections[0]?.rows.map(({ metric, info }) => [metric, info.title]),
    [
      ['__proto__', '__proto__'],
      ['valueOf', 'valueOf'],
    ],
  );
});
