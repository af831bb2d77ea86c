// Judgements of rules without values, and what a longer run would add.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim as c04 } from '../../../report/claims/c04.ts';
import { claim as c06 } from '../../../report/claims/c06.ts';
import { claim as c08 } from '../../../report/claims/c08.ts';
import { claim as c10 } from '../../../report/claims/c10.ts';
import { claim as c11 } from '../../../report/claims/c11.ts';
import { claim as c12 } from '../../../report/claims/c12.ts';
import { claim as c13 } from '../../../report/claims/c13.ts';
import { claim as c14 } from '../../../report/claims/c14.ts';
import { claim as c17 } from '../../../report/claims/c17.ts';
import { morePasses } from '../../../report/claims/missing.ts';
import type { DroppedGroup } from '../../../results/schema/not-measured.ts';
import { evidenceIn, verdictOn } from './journal.ts';

const dropped = (scenario: string, more: Partial<DroppedGroup> = {}): DroppedGroup => ({
  kind: 'group',
  scenario,
  params: {},
  image: 'made',
  ...{ blocks: 0, neededBlocks: 8, neededNs: 2e9, leftNs: 1e9 },
  ...more,
});

test('a longer budget is named only if a group of the scenario had no time for its passes', () => {
  const after = (one: DroppedGroup, ledgerSource = 'bpf'): string =>
    morePasses(evidenceIn({ groups: [], dropped: [one], ledgerSource }), ['churn', 'churn-scale']);
  for (const one of [dropped('churn'), dropped('churn-scale', { passes: 2 })])
    for (const source of ['bpf', 'strace']) assert.match(after(one, source), /longer --budget/);
  // Of another scenario, or counted often enough and not timed.
  for (const one of [dropped('walk-warm'), dropped('churn', { passes: 3 })]) {
    assert.match(after(one), /^the same run with three counting passes \(--count-passes 3\)$/);
    assert.match(after(one, 'strace'), /where BPF works/);
  }
});

for (const [claim, scenario] of [
  [c04, 'many-stores'],
  [c08, 'lookup-trace'],
  [c13, 'tamper'],
  [c14, 'sharing-cache'],
] as const)
  test(`${claim.id}: undecided without time for ${scenario}, not testable for any other reason`, () => {
    const late = verdictOn(claim, { groups: [], dropped: [dropped(scenario)] });
    assert.ok(late.verdict === 'undecided');
    assert.match(late.because, new RegExp(`^left out: ${scenario} on made: not measured: no time`));
    assert.match(late.wouldDecide, /longer --budget/);
    assert.equal(verdictOn(claim, { groups: [], dropped: [dropped('walk-warm')] }).verdict, 'not testable');
    const skipped = [{ kind: 'scenario' as const, scenario, need: 'root', reason: 'not root' }];
    const kept = verdictOn(claim, { groups: [], skipped });
    assert.equal(kept.verdict, 'not testable');
    assert.match(kept.because, /root: not root$/);
  });

const LARGE = [{ name: 'made', entryCount: 60_000 }];

for (const [claim, scenario] of [
  [c06, 'walk-warm'],
  [c10, 'walk-cold'],
  [c10, 'prefetch'],
  [c11, 'walk-cold'],
  [c12, 'live-mounts'],
  [c17, 'walk-warm'],
] as const) {
  const late = { images: LARGE, dropped: [dropped(scenario)] };
  test(`${claim.id}: without time for ${scenario} a longer budget decides, also if another slot failed`, () => {
    for (const groups of [[], [{ scenario: 'churn', failed: ['erofs-overlay'] }]]) {
      const judged = verdictOn(claim, { ...late, groups });
      assert.ok(judged.verdict === 'undecided');
      assert.match(judged.because, new RegExp(`^left out: ${scenario} on made: not measured: no time`));
      assert.match(judged.wouldDecide, /longer --budget/);
    }
  });
  test(`${claim.id}: a failed slot alone leaves it undecided; a longer run adds no backend that cannot run`, () => {
    const failed = verdictOn(claim, { images: LARGE, groups: [{ scenario, failed: ['erofs-overlay'] }] });
    assert.ok(failed.verdict === 'undecided');
    assert.match(failed.because, /: failed: no luck$/);
    assert.match(failed.wouldDecide, /without failed slots/);
    const arm = claim === c10 ? 'erofs-overlay-loop' : 'erofs-overlay';
    const skipped = [{ kind: 'arm' as const, arm, backend: arm, need: 'EROFS', reason: 'no module' }];
    const groups = [{ scenario: 'churn', failed: ['composefs-fuse'] }];
    const without = verdictOn(claim, { ...late, groups, skipped });
    assert.deepEqual([without.verdict, without.because], ['not testable', `${arm}: EROFS: no module`]);
  });
}

test('C4: undecided if the slots of its scenario failed', () => {
  const judged = verdictOn(c04, { groups: [{ scenario: 'many-stores', failed: ['erofs-overlay'] }] });
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /failed: no luck$/);
});
