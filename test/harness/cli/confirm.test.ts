// Which rows a confirming run refutes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argumentsFor, refutedBy } from '../../../harness/cli/confirm.ts';
import { runCountOf } from '../../../harness/cli/measure-pool.ts';
import { typedRun } from '../../../harness/cli/typed-run.ts';
import type { Verdict } from '../../../results/compare/verdict.ts';
import { compareArms } from '../../../results/gate/compare.ts';
import type { LatencyResult } from '../../../results/gate/latencies.ts';
import { loaded, twoArms } from '../../results/gate/support.ts';

const [red, other] = compareArms(loaded(twoArms(12, 2))).latencies.rows.filter(
  ({ judged }) => judged === 'red',
) as [LatencyResult, LatencyResult];

const isRefuted = (...again: readonly LatencyResult[]): boolean => refutedBy(again)(red);

test('a slower row is refuted by a verdict that shows that it is not slower', () => {
  const refuting: readonly Verdict[] = ['faster', 'same', 'belowFloor'];
  for (const verdict of refuting) assert.ok(isRefuted({ ...red, verdict }), verdict);
  for (const verdict of ['slower', 'undecided'] as const) assert.ok(!isRefuted({ ...red, verdict }), verdict);
});

test('a row that the confirming run lacks, or has too few blocks of, is not refuted', () => {
  assert.ok(!isRefuted());
  assert.ok(!isRefuted({ ...red, verdict: 'tooFew' }));
  assert.notDeepEqual([red.place, red.metric], [other.place, other.metric]);
  assert.ok(!isRefuted({ ...other, verdict: 'same' }), 'another row');
});

test('a row of a profile with several runs is measured again in one', () => {
  const { run } = loaded(twoArms(12, 2));
  const words = argumentsFor({ run: { ...run, plan: { ...run.plan, profile: 'evidence' } } }, [red], {
    names: { cwd: '/', options: {}, arms: ['a', 'b'], sourceOf: (image) => image },
    out: '/out',
  });
  assert.equal(runCountOf(typedRun(words.slice(1))), 1);
});
