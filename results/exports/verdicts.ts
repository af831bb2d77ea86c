// A run as test cases: each arm of each group passed, failed or was skipped. Its speed is not judged.

import type { LoadedRun } from '../gate/load.ts';
import { droppedTexts, skippedSubject } from '../not-measured.ts';
import { placeOf } from './series.ts';

export type CaseVerdict =
  /** `basis`: the evidence, in a few words. */
  | { readonly kind: 'passed'; readonly basis: string }
  | { readonly kind: 'failed'; readonly why: readonly string[] }
  | { readonly kind: 'skipped'; readonly why: string };

export interface TestCase {
  readonly name: string;
  readonly verdict: CaseVerdict;
}

export interface TestSuite {
  readonly name: string;
  readonly cases: readonly TestCase[];
}

export const suitesOf = ({ run, tallied }: LoadedRun): readonly TestSuite[] => {
  const suites = new Map<string, Map<string, CaseVerdict>>();
  const sampleCounts = new Map<string, number>();
  const suite = (name: string): Map<string, CaseVerdict> => {
    const found = suites.get(name) ?? new Map<string, CaseVerdict>();
    suites.set(name, found);
    return found;
  };
  for (const { image, arm, equal, difference } of run.proofs)
    suite(`the tree of ${image}`).set(
      arm,
      equal
        ? { kind: 'passed', basis: 'the same tree' }
        : { kind: 'failed', why: [difference ?? 'not the same tree'] },
    );
  for (const { group, time, count } of tallied.groups)
    for (const table of [time, count])
      for (const arms of table.values())
        for (const [arm, byBlock] of arms) {
          const key = JSON.stringify([placeOf(group), arm]);
          const most = Math.max(byBlock.size, sampleCounts.get(key) ?? 0);
          sampleCounts.set(key, most);
          suite(placeOf(group)).set(arm, { kind: 'passed', basis: `${most} samples` });
        }
  for (const { need, reason, arm, ...group } of tallied.skips)
    if (!suite(placeOf(group)).has(arm))
      suite(placeOf(group)).set(arm, { kind: 'skipped', why: `${need}: ${reason}` });
  for (const { phase, code, message, arm, ...group } of tallied.failures) {
    const before = suite(placeOf(group)).get(arm);
    const why = before?.kind === 'failed' ? before.why : [];
    suite(placeOf(group)).set(arm, { kind: 'failed', why: [...why, `${phase}: ${code}: ${message}`] });
  }
  for (const one of run.skipped)
    suite('set-up').set(skippedSubject(one), { kind: 'skipped', why: `${one.need}: ${one.reason}` });
  if (run.status !== 'complete')
    suite('the run').set(
      'status',
      run.status === 'out-of-time'
        ? { kind: 'skipped', why: run.status }
        : { kind: 'failed', why: [run.status] },
    );
  for (const { text, short } of droppedTexts(run.plan.dropped))
    suite('not measured, or not completely').set(short, { kind: 'skipped', why: text });
  return [...suites].map(([name, cases]) => ({
    name,
    cases: [...cases].map(([arm, verdict]) => ({ name: arm, verdict })),
  }));
};
