// `cfsbench run --dry-run`: the plan of a run with this seed. Mounts nothing and writes no results.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Slot } from '../../results/schema/run.ts';
import type { SourceImage } from '../model/image.ts';
import { openDeadline } from '../runner/clock.ts';
import { AT_BEST, roughCosts } from '../runner/cost.ts';
import { type Fit, fitBudget, keptGroups } from '../runner/fit.ts';
import { groupsOf, ownSources } from '../runner/groups.ts';
import { countingSlots, type Group, groupKey, keyOf, timingSlots } from '../runner/plan.ts';
import { sizeOf } from '../runner/ready.ts';
import { formatSeconds } from './duration.ts';
import type { ResolvedOptions } from './options.ts';
import { RESERVE_RATIO } from './resolve-options.ts';
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

const groupsIn = (
  { images, scenarios, selection, profile, placement }: ResolvedOptions,
  sources: readonly SourceImage[],
): readonly Group[] => {
  const nameOf = (spec: string): string => sources.find(({ source }) => source === spec)!.name;
  return groupsOf({
    images: images.specs.map(nameOf),
    imageScenarios: new Map(Object.entries(images.scenarios).map(([spec, ids]) => [nameOf(spec), ids])),
    ownImages: new Map(ownSources(scenarios, profile.large).map((spec) => [spec, nameOf(spec)] as const)),
    scenarios,
    arms: selection.arms,
    everyArm: selection.everyArm,
    large: profile.large,
    placement,
  });
};

interface FittedPlan {
  readonly fit: Fit;
  readonly kept: readonly Group[];
  /** Estimate for the kept groups up to the first look. */
  readonly neededNs: number;
}

const fitted = (
  { amount: { countPasses, looks, budgetNs } }: ResolvedOptions,
  groups: readonly Group[],
  sources: readonly SourceImage[],
): FittedPlan => {
  const sizes = new Map(sources.map((source) => [source.name, sizeOf(source)]));
  const rough = { countPasses, slowness: 1, prepared: new Set<string>(), proved: new Set<string>() };
  const costs = roughCosts(groups, sizes, rough);
  const least = roughCosts(groups, sizes, { ...rough, share: AT_BEST });
  const deadline = openDeadline(process.hrtime.bigint(), budgetNs, RESERVE_RATIO);
  const fit = fitBudget(least, looks[0]!, deadline.leftNs());
  const kept = keptGroups(groups, fit);
  const keptCosts = costs.filter((_, i) => kept.includes(groups[i]!));
  const { neededNs } = fitBudget(keptCosts, looks[0]!, Number.POSITIVE_INFINITY);
  return { fit, kept, neededNs };
};

const planText = (options: ResolvedOptions, sources: readonly SourceImage[]): string => {
  const { selection, seed, profile } = options;
  const { looks, countPasses, countOnly, budgetNs } = options.amount;
  const groups = groupsIn(options, sources);
  const { fit, kept, neededNs } = fitted(options, groups, sources);
  const keptKeys = new Set(kept.map(keyOf));
  const counting = countingSlots(kept, countPasses);
  const timing = timingSlots(groups, {
    blocks: looks.at(-1)!,
    baseline: selection.baseline,
    seed,
    firstSeq: counting.length,
    keeps: (slot) => keptKeys.has(groupKey(slot)),
  });
  const firstCount = timing.filter(({ block }) => block < looks[0]!).length;
  return [
    `profile:  ${profile.id}, budget ${budgetNs === null ? 'none' : formatSeconds(budgetNs)}`,
    `seed:     ${seed} (--seed ${seed} repeats this order)`,
    `arms:     ${selection.arms.map(({ id }) => id).join(', ')}; null is ${selection.baseline} again`,
    `images:   ${fit.images.join(', ')}`,
    ...fit.dropped.map((line) => `dropped:  ${line}`),
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

export const dryRun = async (options: ResolvedOptions): Promise<void> => {
  const spool = mkdtempSync(join(tmpdir(), 'cfsbench-plan-'));
  const sources: SourceImage[] = [];
  try {
    const own = ownSources(options.scenarios, options.profile.large);
    for (const spec of new Set([...options.images.specs, ...own]))
      sources.push(await openAnySource(spec, spool));
    process.stdout.write(planText(options, sources));
  } finally {
    for (const source of sources) await source.close();
    rmSync(spool, { recursive: true, force: true });
  }
};
