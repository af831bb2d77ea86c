// `cfsbench run --dry-run`: the plan as it would be run, from the same seed and the same code; nothing is mounted or written.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Slot } from '../../results/schema/run.ts';
import type { SourceImage } from '../model/image.ts';
import { openDeadline } from '../runner/clock.ts';
import { AT_BEST, roughCosts } from '../runner/cost.ts';
import { fitBudget, keptGroups } from '../runner/fit.ts';
import { groupsOf, ownSources } from '../runner/groups.ts';
import { countingSlots, groupKey, keyOf, timingSlots } from '../runner/plan.ts';
import { sizeOf } from '../runner/ready.ts';
import { formatSeconds } from './duration.ts';
import { RESERVE_RATIO, type RunOptions } from './options.ts';
import { openAnySource } from './sources.ts';

const paramsText = (params: Slot['params']): string =>
  Object.entries(params)
    .map(([key, value]) => ` ${key}=${value}`)
    .join('');

const placeOf = ({ scenario, params, image }: Slot): string => `${scenario}${paramsText(params)} on ${image}`;

/** One line per group of a block: its arms in the order of their slots. */
export const blockLines = (slots: readonly Slot[]): readonly string[] => {
  const lines: string[] = [];
  let last: Slot | null = null;
  for (const slot of slots) {
    if (last?.block !== slot.block) lines.push(`block ${slot.block}`);
    if (last?.block === slot.block && placeOf(last) === placeOf(slot))
      lines.push(`${lines.pop()}, ${slot.arm}`);
    else lines.push(`  ${placeOf(slot)}: ${slot.arm}`);
    last = slot;
  }
  return lines;
};

const budgetText = (budgetNs: number | null): string =>
  budgetNs === null ? 'none' : formatSeconds(budgetNs);

const planText = (options: RunOptions, sources: readonly SourceImage[]): string => {
  const { arms, scenarios, looks, baseline, seed, budgetNs, countPasses } = options;
  const sizes = new Map(sources.map((source) => [source.name, sizeOf(source)]));
  const byName = (spec: string): string => sources.find(({ source }) => source === spec)!.name;
  const groups = groupsOf({
    images: options.images.map(byName),
    imageScenarios: new Map(Object.entries(options.imageScenarios).map(([spec, ids]) => [byName(spec), ids])),
    ownImages: new Map(
      ownSources(scenarios, options.profile.large).map((spec) => [spec, byName(spec)] as const),
    ),
    scenarios,
    arms,
    everyArm: options.everyArm,
    large: options.profile.large,
    placement: options.placement,
  });
  const rough = { countPasses, slowness: 1, prepared: new Set<string>(), proved: new Set<string>() };
  const costs = roughCosts(groups, sizes, rough);
  const least = roughCosts(groups, sizes, { ...rough, share: AT_BEST });
  const deadline = openDeadline(process.hrtime.bigint(), budgetNs, RESERVE_RATIO);
  const fit = fitBudget(least, looks[0]!, deadline.leftNs());
  const kept = keptGroups(groups, fit);
  const keptCosts = costs.filter((_, i) => kept.includes(groups[i]!));
  const { neededNs } = fitBudget(keptCosts, looks[0]!, Number.POSITIVE_INFINITY);
  const keptKeys = new Set(kept.map(keyOf));
  const keeps = (slot: Pick<Slot, 'image' | 'scenario' | 'params'>): boolean => keptKeys.has(groupKey(slot));
  const counting = countingSlots(kept, countPasses);
  const timing = timingSlots(groups, {
    blocks: looks.at(-1)!,
    baseline,
    seed,
    firstSeq: counting.length,
    keeps,
  });
  const atFirst = timing.filter(({ block }) => block < looks[0]!).length;
  return [
    `profile:  ${options.profile.id}, budget ${budgetText(budgetNs)}`,
    `seed:     ${seed} (--seed ${seed} repeats this order)`,
    `arms:     ${arms.map(({ id }) => id).join(', ')}; null is ${baseline} again`,
    `images:   ${fit.images.join(', ')}`,
    ...fit.dropped.map((line) => `left out: ${line}`),
    `looks:    after ${looks.join(', ')} blocks; nothing is judged in between`,
    `counting: ${counting.length} slots, ${countPasses} passes`,
    options.countOnly
      ? 'timing:   none (--count-only)'
      : `timing:   ${atFirst} slots to the first look, ${timing.length} to the last; roughly ${formatSeconds(neededNs)} to the first`,
    ...(options.countOnly ? [] : ['', ...blockLines(timing)]),
    '',
    'Nothing was measured. What this machine cannot run is left out of a real run;',
    'what does not fit the budget there is decided from measured times.',
    '',
  ].join('\n');
};

export const dryRun = async (options: RunOptions): Promise<void> => {
  const spool = mkdtempSync(join(tmpdir(), 'cfsbench-plan-'));
  const sources: SourceImage[] = [];
  try {
    const own = ownSources(options.scenarios, options.profile.large);
    for (const spec of new Set([...options.images, ...own])) sources.push(await openAnySource(spec, spool));
    process.stdout.write(planText(options, sources));
  } finally {
    for (const source of sources) await source.close();
    rmSync(spool, { recursive: true, force: true });
  }
};
