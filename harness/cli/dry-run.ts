// `cfsbench run --dry-run`: the plan of a run with this seed; of several, of the first. Mounts nothing and writes no results.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { droppedLines } from '../../results/not-measured.ts';
import type { Slot } from '../../results/schema/run.ts';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import type { SourceImage } from '../model/image.ts';
import { sizeOf } from '../model/image-size.ts';
import { type Affordable, affordableImages, asDropped, byRank } from '../runner/budget.ts';
import { openDeadline } from '../runner/clock.ts';
import { groupsOf, ownSources } from '../runner/groups.ts';
import {
  countingSlots,
  type Group,
  groupKey,
  inPass,
  keyOf,
  refuseLongPlan,
  timingSlots,
} from '../runner/plan.ts';
import { formatSeconds } from './duration.ts';
import { runCountOf } from './measure-pool.ts';
import type { ResolvedOptions, TypedOptions } from './options.ts';
import { runOf } from './pool-plan.ts';
import { questionOf } from './question.ts';
import { longestOf, newSeed, resolveOptions } from './resolve-options.ts';
import { baselineOf } from './select-here.ts';
import { openAnySource } from './sources.ts';

const paramsText = (params: Slot['params']): string =>
  Object.entries(params)
    .map(([key, value]) => ` ${key}=${value}`)
    .join('');

const groupText = ({ scenario, params, image }: Slot): string =>
  `${scenario}${paramsText(params)} on ${image}`;

/** One line per group of a block, with its arms in the order of their slots. */
const blockLines = (slots: readonly Slot[]): readonly string[] => {
  const lines: string[] = [];
  let last: Slot | null = null;
  for (const slot of slots) {
    if (last?.block !== slot.block) lines.push(`block ${slot.block}`);
    if (last?.block === slot.block && groupText(last) === groupText(slot))
      lines.push(`${lines.pop()}, ${slot.arm}`);
    else lines.push(`  ${groupText(slot)}: ${slot.arm}`);
    last = slot;
  }
  return lines;
};

/** Highest rank first. */
const groupsIn = (options: ResolvedOptions, sources: readonly SourceImage[]): readonly Group[] => {
  const { images, scenarios, selection, profile } = options;
  const named = (specs: readonly string[]): readonly SourceImage[] =>
    specs.map((spec) => sources.find(({ source }) => source === spec)!);
  const question = questionOf(options, {
    images: { ofRun: named(images.specs), ofScenarios: named(ownSources(scenarios, profile.large)) },
    scenarios,
    arms: selection.arms,
  });
  return byRank(groupsOf(question), question);
};

interface FittedPlan extends Affordable {
  /** Estimate for the kept groups up to the first look. */
  readonly neededNs: number;
}

/** By the estimates of the scenarios alone: a run decides by measured times. */
const fitted = (
  { amount: { countPasses, looks, budgetNs, countOnly } }: ResolvedOptions,
  ranked: readonly Group[],
  sources: readonly SourceImage[],
): FittedPlan => {
  const sizes = new Map(sources.map((source) => [source.name, sizeOf(source)]));
  const preparing = { sizes, slowness: 1, prepared: new Set<string>(), proved: new Set<string>() };
  const firstLook = countOnly ? 0 : looks[0]!;
  const remaining = { passes: countPasses, blocks: firstLook };
  const leftNs = openDeadline(process.hrtime.bigint(), budgetNs).leftNs();
  const fit = affordableImages(ranked, preparing, remaining, leftNs);
  const neededNs = fit.kept.reduce((sum, group) => {
    const slotNs = group.scenario.roughNs(sizes.get(group.image)!, group.params);
    const passSlots = inPass(group, 'count') ? countPasses * group.arms.length : 0;
    const blockSlots = inPass(group, 'time') ? firstLook * (group.arms.length + 1) : 0;
    return sum + slotNs * (passSlots + blockSlots);
  }, 0);
  return { ...fit, neededNs };
};

/** The runs of which this is the first. */
interface PlannedRuns {
  readonly count: number;
  /** As --seed takes it. */
  readonly seed: string;
}

const planText = (options: ResolvedOptions, sources: readonly SourceImage[], runs: PlannedRuns): string => {
  const { selection, seed, profile } = options;
  const { looks, countPasses, countOnly, budgetNs } = options.amount;
  const baseline = baselineOf(options, selection.arms);
  const groups = groupsIn(options, sources);
  refuseLongPlan(groups, longestOf(options), baseline);
  const { kept, ended, neededNs } = fitted(options, groups, sources);
  const keptKeys = new Set(kept.map(keyOf));
  const counting = countingSlots(kept, countPasses);
  const timing = timingSlots(groups, {
    blocks: looks.at(-1)!,
    baseline,
    seed,
    firstSeq: counting.length,
    keeps: (slot) => keptKeys.has(groupKey(slot)),
  });
  const firstCount = timing.filter(({ block }) => block < looks[0]!).length;
  return [
    `profile:  ${profile.id}, budget ${budgetNs === null ? 'none' : formatSeconds(budgetNs)}${runs.count === 1 ? '' : ` for each of ${runs.count} runs`}`,
    runs.count === 1
      ? `seed:     ${seed} (--seed ${seed} repeats this order)`
      : `seed:     ${seed} for run 1 (--seed ${runs.seed} repeats the orders of all runs)`,
    `arms:     ${selection.arms.map(({ id }) => id).join(', ')}; null is ${baseline} again`,
    `images:   ${[...new Set(kept.map(({ image }) => image))].join(', ')}`,
    ...droppedLines(
      ended.map((one) => asDropped(one, { passes: 0, blocks: 0 }, countOnly ? 0 : looks[0]!)),
    ).map((line) => `dropped:  ${line}`),
    `looks:    after ${looks.join(', ')} blocks`,
    `counting: ${counting.length} slots in ${countPasses} passes`,
    countOnly
      ? 'timing:   none (--count-only)'
      : `timing:   ${firstCount} slots up to the first look, about ${formatSeconds(neededNs)}; ${timing.length} up to the last`,
    ...(countOnly ? [] : ['', ...blockLines(timing)]),
    '',
    'Nothing was measured. A real run skips what this machine cannot run, and',
    'decides from measured times what fits the budget.',
    '',
  ].join('\n');
};

export const dryRun = async (typed: TypedOptions): Promise<void> => {
  const runs = { count: runCountOf(typed), seed: typed.seed ?? newSeed() };
  const ofRun = runs.count === 1 ? { ...typed, seed: runs.seed } : runOf({ typed, ...runs }, 1);
  const options = resolveOptions(ofRun, backends, scenarios);
  const spool = mkdtempSync(join(tmpdir(), 'cfsbench-plan-'));
  const remove = (): void => rmSync(spool, { recursive: true, force: true });
  // An interrupt ends the process at once.
  process.once('exit', remove);
  const sources: SourceImage[] = [];
  try {
    const own = ownSources(options.scenarios, options.profile.large);
    for (const spec of new Set([...options.images.specs, ...own]))
      sources.push(await openAnySource(spec, spool));
    process.stdout.write(planText(options, sources, runs));
  } finally {
    for (const source of sources) await source.close();
    process.removeListener('exit', remove);
    remove();
  }
};
