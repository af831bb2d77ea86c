// Failures, skips, leaks and warnings: where and what, in the run's words.
import { type GroupData, paramsKey, type Tallied } from '../../results/compare/tally.ts';
import { droppedScenario, droppedTexts, skippedSubject } from '../../results/not-measured.ts';
import type { PlannedGroup } from '../../results/schema/not-measured.ts';
import type { RunFile, Sample } from '../../results/schema/run.ts';
import { numbersOf } from '../../results/stats/log-ratio.ts';
import { plural } from '../format.ts';
import type { DroppedView, LeakView, Problem } from '../view.ts';
import { isLeak } from './counted.ts';
import { groupBy } from './group-by.ts';

const whereText = (sample: Sample): string =>
  [sample.scenario, paramsKey(sample.params), sample.image, sample.arm]
    .filter((part) => part !== '')
    .join(', ');

const grouped = (problems: readonly (Problem & { readonly detail: string })[]): readonly Problem[] =>
  [...groupBy(problems, ({ where, what }) => JSON.stringify([where, what])).values()].map((same) => ({
    scenario: same[0]!.scenario,
    where: same[0]!.where,
    what: `${same[0]!.what} (${same.length === 1 ? same[0]!.detail : `${same.length} slots, the first: ${same[0]!.detail}`})`,
  }));

/** Removes the number of a slot's folder, so that equal failures have equal text. */
const withoutSlot = (message: string): string => message.replace(/slots-*\/slot-\d+/g, 'slot');

export const failuresOf = ({ failures }: Tallied): readonly Problem[] =>
  grouped(
    failures.map((sample) => ({
      scenario: sample.scenario,
      where: whereText(sample),
      what: `${sample.phase}: ${sample.code}: ${withoutSlot(sample.message)}`,
      detail: `${sample.pass} pass, block ${sample.block}`,
    })),
  );

export const skippedOf = ({ skips }: Tallied, run: RunFile): readonly Problem[] => [
  ...run.skipped.map((one) => ({
    scenario: one.kind === 'scenario' ? one.scenario : null,
    where: skippedSubject(one),
    what: `needs ${one.need}: ${one.reason}`,
  })),
  ...grouped(
    skips.map((sample) => ({
      scenario: sample.scenario,
      where: whereText(sample),
      what: `needs ${sample.need}: ${sample.reason}`,
      detail: `block ${sample.block}`,
    })),
  ),
];

export const droppedOf = ({ plan }: RunFile): readonly DroppedView[] =>
  [...new Set(plan.dropped.map(droppedScenario))].flatMap((scenario) =>
    droppedTexts(plan.dropped.filter((one) => droppedScenario(one) === scenario)).map((texts) => ({
      scenario,
      ...texts,
    })),
  );

const MOST_CUT = 6;

const groupName = ({ scenario, params }: PlannedGroup): string =>
  [scenario, paramsKey(params)].filter((part) => part !== '').join(' ');

/** `The budget ended groups before every row was decided: on IMAGE after 8 blocks churn local=files, walk-cold.` */
export const cutText = ({ plan: { ended = [], dropped } }: RunFile): string => {
  const keyOf = (group: PlannedGroup): string => `${groupName(group)} ${group.image}`;
  // Those without a first look are named as dropped.
  const late = new Set(dropped.flatMap((one) => (one.kind === 'group' ? [keyOf(one)] : [])));
  const cut = ended.filter((one) => one.why === 'budget' && !late.has(keyOf(one)));
  const kinds = groupBy(cut, ({ image, blocks }) => `on ${image} after ${plural(blocks, 'block')}`);
  const parts = [...kinds].map(([where, groups]) => {
    const more = groups.length - MOST_CUT;
    const names = groups.slice(0, MOST_CUT).map(groupName);
    return `${where} ${[...names, ...(more > 0 ? [`and ${more} more`] : [])].join(', ')}`;
  });
  return parts.length === 0
    ? ''
    : `The budget ended groups before every row was decided: ${parts.join('; ')}.`;
};

const leaksIn = (data: GroupData): { readonly checked: number; readonly left: readonly Problem[] } => {
  const where = [data.group.scenario, paramsKey(data.group.params), data.group.image]
    .filter((part) => part !== '')
    .join(', ');
  let checked = 0;
  const left: Problem[] = [];
  for (const table of [data.time, data.count]) {
    const seen = new Map<string, number>();
    for (const [metric, arms] of table) {
      if (!isLeak(metric)) continue;
      for (const [arm, byBlock] of arms) {
        seen.set(arm, Math.max(seen.get(arm) ?? 0, byBlock.size));
        const sum = numbersOf(byBlock).reduce((a, b) => a + b, 0);
        if (sum > 0)
          left.push({ scenario: data.group.scenario, where: `${where}, ${arm}`, what: `${metric}: ${sum}` });
      }
    }
    checked += [...seen.values()].reduce((a, b) => a + b, 0);
  }
  return { checked, left };
};

export const leaksOf = (tallied: Tallied): LeakView => {
  const found = tallied.groups.map(leaksIn);
  return {
    checkedSamples: found.reduce((sum, { checked }) => sum + checked, 0),
    left: [
      ...found.flatMap(({ left }) => left),
      ...tallied.failures
        .filter(({ phase }) => phase === 'leak')
        .map((sample) => ({ scenario: sample.scenario, where: whereText(sample), what: sample.message })),
    ],
  };
};

const unequalProofs = ({ proofs }: RunFile): readonly string[] =>
  proofs
    .filter(({ equal }) => !equal)
    .map(
      ({ image, arm, difference }) =>
        `${arm} does not show the tree of ${image}: ${difference ?? 'no reason given'}`,
    );

export const incompleteText = (status: RunFile['status']): string => `the run is not complete: ${status}`;

export const runWarnings = (run: RunFile): readonly string[] => [
  ...(run.status === 'complete' ? [] : [incompleteText(run.status)]),
  ...unequalProofs(run),
  ...run.warnings,
];
