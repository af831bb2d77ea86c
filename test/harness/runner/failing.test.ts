import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchFailing } from '../../../harness/runner/failing.ts';
import type { Group } from '../../../harness/runner/plan.ts';
import { type Sample, SCHEMA } from '../../../results/schema/run.ts';
import { slotOf } from '../support/slot.ts';

/** Each with two arms: a block has three slots. */
const groupsOf = (...scenarios: readonly string[]): readonly Group[] =>
  scenarios.map(
    (id) => ({ scenario: { id }, params: {}, image: 'image', arms: [{}, {}] }) as unknown as Group,
  );

const base = { ...slotOf(), schema: SCHEMA, startedAt: '', slotNs: 1, took: {}, notes: [] } as const;
const failed = (scenario: string, code: string): Sample => ({
  ...{ ...base, scenario, code },
  ...{ outcome: 'failed', phase: 'create', message: 'open: no space left' },
});
const ok: Sample = { ...base, outcome: 'ok', values: {} };

/** The number of samples after which the run ends; null: it goes on. */
const endsAfter = (groups: readonly Group[], samples: readonly Sample[]): number | null => {
  const watch = watchFailing();
  for (const [i, sample] of samples.entries())
    try {
      watch.saw(sample, groups);
    } catch (error) {
      assert.match((error as Error).message, /6 slots in a row failed for the same reason \(ENOSPC\)/);
      return i + 1;
    }
  return null;
};

test('a run ends after two blocks of failures with one code from two scenarios, or from its only one', () => {
  const full = (count: number, scenario: string) => Array<Sample>(count).fill(failed(scenario, 'ENOSPC'));
  const [one, two] = [groupsOf('churn'), groupsOf('churn', 'walk-warm')];
  assert.equal(endsAfter(one, full(9, 'churn')), 6);
  assert.equal(endsAfter(two, [...full(5, 'churn'), ...full(3, 'walk-warm')]), 6);
  assert.equal(endsAfter(two, full(9, 'churn')), null, 'other scenarios may still succeed');
  assert.equal(endsAfter(one, [...full(5, 'churn'), ok, ...full(5, 'churn')]), null);
  assert.equal(
    endsAfter(one, [...full(4, 'churn'), failed('churn', 'EIO'), ...full(5, 'churn')]),
    null,
    'of one kind',
  );
});
