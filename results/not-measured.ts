// Parts that a run did not measure: their text, and predicates for rules.
import { at, paramsKey } from './compare/tally.ts';
import { unreachable } from './errors.ts';
import type { Dropped, DroppedGroup, Skipped } from './schema/not-measured.ts';

const SECOND_NS = 1e9;
const seconds = (ns: number): string => `${Math.max(0, Math.ceil(ns / SECOND_NS))} s`;

/** Passes and blocks of a group before its time ended. */
const gotText = ({ passes = 0, blocks, neededBlocks }: DroppedGroup): string => {
  if (blocks > 0) return `no time after ${blocks} of ${neededBlocks} blocks`;
  if (passes === 0) return 'not measured: no time';
  const counted = `counted in ${passes} ${passes === 1 ? 'pass' : 'passes'}`;
  return neededBlocks === 0 ? `${counted}: no time for more` : `${counted}, not timed: no time`;
};

export const droppedText = (dropped: Dropped): string => {
  switch (dropped.kind) {
    case 'group': {
      const { scenario, params, image, neededNs, leftNs, inRuns } = dropped;
      const group = [scenario, paramsKey(params), `on ${image}`].filter((part) => part !== '').join(' ');
      const runs = inRuns === undefined ? '' : ` in ${inRuns.dropped} of ${inRuns.of} runs`;
      return `${group}: ${gotText(dropped)}${runs} (${seconds(leftNs)} were left; with all that ranks higher it needed ${seconds(neededNs)})`;
    }
    case 'passes':
      return `counting passes: ${dropped.done} of ${dropped.planned}: no time for more`;
    case 'text':
      return dropped.text;
    default:
      return unreachable(dropped);
  }
};

const togetherKey = ({ scenario, image, passes = 0, blocks, inRuns }: DroppedGroup): string =>
  JSON.stringify([scenario, image, passes, blocks, inRuns?.dropped]);

/** `counted once, not timed`. */
const gotShort = ({ passes = 0, blocks, neededBlocks }: DroppedGroup): string => {
  if (blocks > 0) return `${blocks} of ${neededBlocks} blocks`;
  if (passes === 0) return 'not measured';
  const counted = passes === 1 ? 'counted once' : `counted in ${passes} passes`;
  return neededBlocks === 0 ? counted : `${counted}, not timed`;
};

/** Without the times of `droppedText`. */
const shortText = (dropped: Dropped): string => {
  if (dropped.kind !== 'group') return droppedText(dropped);
  const { scenario, params, image, inRuns } = dropped;
  const group = [scenario, paramsKey(params), `on ${image}`].filter((part) => part !== '').join(' ');
  const runs = inRuns === undefined ? '' : `, in ${inRuns.dropped} of ${inRuns.of} runs`;
  return `${group} (${gotShort(dropped)}${runs})`;
};

export interface DroppedTexts {
  /** With the projected and the remaining time. */
  readonly text: string;
  readonly short: string;
}

/** One for the groups of one scenario on one image that ended together. */
export const droppedTexts = (all: readonly Dropped[]): readonly DroppedTexts[] => {
  const lines = new Map<string, DroppedTexts & { readonly params: Set<string> }>();
  for (const one of all) {
    const text = droppedText(one);
    const line = at(lines, one.kind === 'group' ? togetherKey(one) : text, () => ({
      text,
      short: shortText(one),
      params: new Set(),
    }));
    if (one.kind === 'group') line.params.add(paramsKey(one.params));
  }
  return [...lines.values()].map(({ text, short, params }) => {
    const more = params.size <= 1 ? '' : `, and ${params.size - 1} more with other parameters`;
    return { text: `${text}${more}`, short: `${short}${more}` };
  });
};

export const droppedLines = (all: readonly Dropped[]): readonly string[] =>
  droppedTexts(all).map(({ text }) => text);

export const droppedScenario = (dropped: Dropped): string | null =>
  dropped.kind === 'passes' ? null : (dropped.scenario ?? null);

export const isDroppedScenario = (dropped: readonly Dropped[], scenario: string): boolean =>
  dropped.some((one) => droppedScenario(one) === scenario);

/** True if the missing row `scenario` on `image` is a consequence of `dropped`. */
export const explainsRow = (dropped: Dropped, scenario: string, image: string): boolean => {
  switch (dropped.kind) {
    case 'group':
      return dropped.scenario === scenario && dropped.image === image;
    case 'text':
      return dropped.scenario === scenario || dropped.image === image;
    case 'passes':
      return false;
    default:
      return unreachable(dropped);
  }
};

/** `composefs-fuse on made`. */
export const skippedSubject = (skipped: Skipped): string => {
  switch (skipped.kind) {
    case 'arm':
      return skipped.image === undefined ? skipped.arm : `${skipped.arm} on ${skipped.image}`;
    case 'scenario':
      return skipped.params === undefined
        ? skipped.scenario
        : `${skipped.scenario} ${paramsKey(skipped.params)}`;
    case 'probe':
      return skipped.probe;
    case 'image':
      return skipped.image;
    case 'text':
      return skipped.text;
    default:
      return unreachable(skipped);
  }
};

export const skippedText = (skipped: Skipped): string =>
  `${skippedSubject(skipped)}: ${skipped.need}: ${skipped.reason}`;

/** True if all of a backend, scenario or image is skipped, or a backend on some image. */
export const isSkipped = (skipped: Skipped, id: string): boolean => {
  switch (skipped.kind) {
    case 'arm':
      return skipped.arm === id || skipped.backend === id;
    case 'scenario':
      return skipped.scenario === id && skipped.params === undefined;
    case 'probe':
      return skipped.probe === id;
    case 'image':
      return skipped.image === id;
    case 'text':
      return skipped.text === id;
    default:
      return unreachable(skipped);
  }
};

export const isSkippedScenario = (all: readonly Skipped[], scenario: string): boolean =>
  all.some((one) => one.kind === 'scenario' && isSkipped(one, scenario));

/** True if this arm is skipped on this image or on every image. */
export const isSkippedOn = (skipped: Skipped, arm: string, image: string): boolean =>
  isSkipped(skipped, arm) && (skipped.kind !== 'arm' || [undefined, image].includes(skipped.image));
