// The two arms of one run made with --ab.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { casesOf } from '../../../report/compare/cases.ts';
import { explain } from '../../../report/compare/explain.ts';
import { compareText } from '../../../report/compare/text.ts';
import { latencyText } from '../../../report/compare/words.ts';
import { compareArms, compareRuns } from '../../../results/gate/compare.ts';
import { type Gate, gateOf } from '../../../results/gate/gate.ts';
import type { LatencyResult } from '../../../results/gate/latencies.ts';
import { changed, example, type Given, loaded, twoArms } from './support.ts';

const armsGated = (given: Given, strict = false, config = {}): Gate => {
  const head = loaded(given);
  return gateOf(compareArms(head, { config }), head, { strict, allowMissing: [] });
};

test('two equal arms give no red row', () => {
  const gate = armsGated(twoArms(12, 1));
  assert.equal(gate.exit, 0);
  assert.deepEqual(gate.red, []);
});

test('twice the time is red, with ratio and interval', () => {
  const given = twoArms(12, 2);
  const gate = armsGated(given);
  assert.equal(gate.exit, 2);
  const latency = gate.red.find(({ kind }) => kind === 'latency')!;
  const text = explain(latency, compareArms(loaded(given)), given.run);
  assert.match(text, /over 12 blocks: the whole interval is beyond the threshold of 5 %/);
  assert.match(text, /cfsbench run --ab erofs-overlay erofs-overlay --scenarios/);
});

test('half the time is faster, and passes', () => assert.equal(armsGated(twoArms(12, 0.5)).exit, 0));

test('rows with too few blocks are unjudgeable, which only --strict fails', () => {
  const gate = armsGated(twoArms(8, 2));
  assert.equal(gate.exit, 0);
  assert.ok(gate.undecided.every(({ judged }) => judged === 'unjudgeable'));
  assert.match(gate.undecided[0]!.why, /^only 8 blocks; judging \d+ rows needs \d+$/);
  assert.equal(armsGated(twoArms(8, 2), true).exit, 3);
});

test('a group whose times had no time is open, which only --strict fails, and has a notice', () => {
  const given = twoArms(12, 1);
  const group = { scenario: 'walk-cold', params: {}, image: 'debian-12-base' } as const;
  const time = { neededNs: 9e9, leftNs: 2e9 } as const;
  const without = (neededBlocks: number): Given => ({
    run: {
      ...given.run,
      plan: {
        ...given.run.plan,
        dropped: [{ kind: 'group', ...group, passes: 3, blocks: 0, neededBlocks, ...time }],
      },
    },
    samples: given.samples.filter(({ scenario, pass }) => scenario !== 'walk-cold' || pass === 'count'),
  });
  assert.equal(armsGated(without(12)).exit, 0);
  assert.match(armsGated(without(12), true).why, /; 1 group not timed for lack of time$/);
  const alone = { scenarios: { churn: { gate: false }, 'walk-warm': { gate: false } } };
  const strict = armsGated(without(12), true, alone);
  assert.deepEqual([strict.exit, strict.why], [3, '1 group not timed for lack of time']);
  assert.equal(armsGated(without(0), true, alone).exit, 0);
  assert.match(
    compareArms(loaded(without(12))).notices.join('\n'),
    /^run: walk-cold on debian-12-base: counted in 3 passes, not timed: no time/m,
  );
  const untimed = (config: object, blocks = 12): number =>
    compareArms(loaded(without(blocks)), { config }).untimed.length;
  assert.equal(untimed({}), 1);
  assert.equal(untimed({ scenarios: { 'walk-cold': { gate: false } } }), 0, 'nothing of it is gated');
  assert.equal(untimed({}, 0), 0, 'only counted');
});

const BASE = 'erofs-overlay';
const HEAD = 'erofs-overlay#2';

/** Two equal arms; null: an arm has no value of `mountWallNs`. */
const withMounts = (values: Readonly<Record<string, number | null>>): Given =>
  changed(twoArms(12, 1), (sample) => {
    const value = values[sample.arm];
    if (sample.outcome !== 'ok' || sample.pass !== 'time' || value === undefined) return sample;
    const { mountWallNs: _, ...others } = sample.values;
    return { ...sample, values: value === null ? others : { ...others, mountWallNs: value } };
  });

/** Gates `mountWallNs` alone. */
const mountsOnly = ({ run }: Given) => ({
  metrics: Object.fromEntries(
    Object.values(run.catalogue.scenarios)
      .flatMap(({ headline }) => headline)
      .filter((metric) => metric !== 'mountWallNs')
      .map((metric) => [metric, { gate: false }]),
  ),
});

const mountsIn = (given: Given): readonly LatencyResult[] =>
  compareArms(loaded(given), { config: mountsOnly(given) }).latencies.rows.filter(
    ({ metric }) => metric === 'mountWallNs',
  );

test('a gated time that the head lacks is unjudgeable, which only --strict fails, and is listed', () => {
  const given = withMounts({ [HEAD]: null });
  const rows = mountsIn(given);
  assert.equal(rows.length, 4, 'two parameters on two images');
  for (const row of rows) {
    assert.deepEqual(
      [row.place.arm, row.headMedian, row.judged, row.why],
      [HEAD, null, 'unjudgeable', 'the head has no value of it'],
    );
    assert.match(latencyText(row), /^[\d.]+ us -> absent, /);
  }
  const config = mountsOnly(given);
  assert.equal(armsGated(given, false, config).exit, 0);
  const strict = armsGated(given, true, config);
  assert.deepEqual([strict.exit, strict.why], [3, '4 rows undecided or not judgeable']);
  const head = loaded(given);
  const text = compareText(compareArms(head, { config }), {
    columns: 80,
    explain: false,
    gate: strict,
    isGated: true,
    run: head.run,
  });
  assert.match(text, /^Not judged: 4$/m);
  assert.match(text.replace(/\s+/g, ' '), /erofs-overlay#2: the head has no value of it: mount /);
});

test('a gated time that is zero in one arm is unjudgeable; one that is zero in both differs in nothing', () => {
  const given = withMounts({ [HEAD]: 0 });
  assert.deepEqual(
    [...new Set(mountsIn(given).map(({ judged, why, headMedian }) => [judged, why, headMedian].join()))],
    ['unjudgeable,it has no ratio: some values are zero,0'],
  );
  assert.equal(armsGated(given, true, mountsOnly(given)).exit, 3);
  const zeros = withMounts({ [BASE]: 0, null: 0, [HEAD]: 0 });
  assert.deepEqual(mountsIn(zeros), []);
  assert.equal(armsGated(zeros, true, mountsOnly(zeros)).exit, 0);
});

test('a time that is not gated, or was emulated, is not missed', () => {
  const given = withMounts({ [HEAD]: null });
  assert.deepEqual(mountsIn(withMounts({ [BASE]: null, [HEAD]: null })), [], 'nor one that no arm has');
  const ungated = { metrics: { ...mountsOnly(given).metrics, mountWallNs: { gate: false } } };
  assert.equal(armsGated(given, true, ungated).exit, 0);
  const guest = { kernel: 'a', accelerator: 'tcg', emulated: true, emulator: 'b' } as const;
  const emulated = { ...given, run: { ...given.run, guest } };
  assert.deepEqual(compareArms(loaded(emulated)).latencies.rows, []);
  assert.equal(armsGated(emulated, true).exit, 0);
});

test('a red row that the rerun does not confirm does not fail the gate', () => {
  const head = loaded(twoArms(12, 2));
  const options = { strict: false, allowMissing: [], isRefuted: () => true };
  assert.equal(gateOf(compareArms(head), head, options).exit, 0);
});

test('thresholds apply by scenario and metric, and rows that are not gated cannot be red', () => {
  const given = twoArms(12, 1.3);
  assert.equal(armsGated(given).exit, 2);
  assert.equal(armsGated(given, false, { delta: 0.8 }).exit, 0);
  assert.equal(armsGated(given, false, { gate: false }).exit, 0);
});

test('the text of two arms is printable ASCII, with times in us', () => {
  const head = loaded(twoArms(12, 2));
  const comparison = compareArms(head);
  const gate = gateOf(comparison, head, { strict: false, allowMissing: [] });
  const text = compareText(comparison, { columns: 80, explain: true, gate, isGated: true, run: head.run });
  assert.match(text, /^[\n\x20-\x7e]*$/);
  assert.match(text, / us -> [\d.]+\s+us, /);
});

test('a run without a base is not called equal to it: nothing is judged', () => {
  const head = loaded(example({ blocks: 12 }));
  const comparison = compareArms(head);
  const gate = gateOf(comparison, head, { strict: false, allowMissing: [] });
  assert.deepEqual(
    [comparison.kind, gate.exit, gate.why],
    ['one run', 0, 'nothing is judged: one run, no base'],
  );
  const text = compareText(comparison, { gate, isGated: false, explain: false, columns: 100, run: head.run });
  assert.match(text, /\nNothing is judged: one run, no base\.\n$/);
  assert.doesNotMatch(text, /worse than the base/);
  const [first] = casesOf({ comparison, gate, run: head.run });
  assert.deepEqual(first!.cases[0]!.verdict, { kind: 'skipped', why: 'nothing is judged: one run, no base' });
});

test('thresholds for names that no catalogue has are noticed', () => {
  const config = {
    scenarios: { churn: { gate: false }, chrun: { gate: false }, constructor: { gate: false } },
    metrics: { mountWallNs: { delta: 0.1 }, mountWalNs: { delta: 0.1 } },
  };
  const given = loaded(twoArms(12, 1));
  const said = [
    'the thresholds name a scenario that the catalogue lacks: chrun',
    'the thresholds name a scenario that the catalogue lacks: constructor',
    'the thresholds name a metric that the catalogue lacks: mountWalNs',
  ];
  const aboutNames = (notices: readonly string[]) =>
    notices.filter((line) => line.startsWith('the thresholds'));
  assert.deepEqual(aboutNames(compareArms(given, { config }).notices), said);
  assert.deepEqual(aboutNames(compareRuns(given, given, { config }).notices), said);
  assert.deepEqual(aboutNames(compareArms(given).notices), []);
});
