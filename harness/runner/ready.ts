// Images made ready, as many as the budget can carry: the first one always, then one more as long as the estimate, corrected
// by what the first one took, still fits.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Image, SourceImage } from '../model/image.ts';
import type { ImageSize } from '../model/scenario.ts';
import { S_IFMT, S_IFREG } from '../model/tree.ts';
import { prepareImage } from '../store/prepare.ts';
import type { Deadline } from './clock.ts';
import { AT_BEST, roughCosts, roughPrepareNs } from './cost.ts';
import { fitBudget, keptGroups } from './fit.ts';
import { groupsOf, type Question } from './groups.ts';
import type { Group } from './plan.ts';
import type { Workspace } from './workspace.ts';

/** A first preparation may take this many times what was expected, or so small a part of it, before it says something of slots. */
const FAR = 2;

export const sizeOf = (source: SourceImage): ImageSize => {
  let objectCount = 0;
  let objectBytes = 0;
  for (let index = 0; index < source.tree.count; index++) {
    const entry = source.tree.entry(index);
    if (
      (entry.mode & S_IFMT) !== S_IFREG ||
      entry.link !== null ||
      entry.content !== null ||
      entry.size === 0n
    )
      continue;
    objectCount++;
    objectBytes += Number(entry.size);
  }
  return { entryCount: source.tree.count, objectCount, objectBytes };
};

/** Preparing says little of slots until it is far from what was expected; the counting passes say it exactly. */
export const slownessOf = (ratio: number): number => {
  if (ratio > FAR) return ratio / FAR;
  return ratio < 1 / FAR ? ratio * FAR : 1;
};

export interface ReadyParts {
  /** The run's images, then those that only scenarios name. */
  readonly sources: readonly SourceImage[];
  readonly question: Question;
  readonly blocks: number;
  readonly countPasses: number;
  readonly deadline: Deadline;
  readonly workspace: Workspace;
  readonly objectDir: string;
  /** Layers are unpacked inside a user namespace. */
  readonly rootless: boolean;
  readonly progress: (what: string) => void;
  readonly interrupted: () => boolean;
  /** Proofs go on meanwhile: those that are done, as `pairKey` has them. */
  readonly proved: ReadonlySet<string>;
  /** As soon as an image is there, with the groups that the run then has: some may go when the next ones are there. */
  readonly onReady: (image: Image, groups: readonly Group[]) => void;
}

export interface Ready {
  readonly images: readonly Image[];
  readonly sizes: ReadonlyMap<string, ImageSize>;
  readonly slowness: number;
  readonly dropped: readonly string[];
  /** The run's own images that are left. */
  readonly ofRun: readonly string[];
}

export const makeReady = async (parts: ReadyParts): Promise<Ready> => {
  const sizes = new Map(parts.sources.map((source) => [source.name, sizeOf(source)]));
  const images: Image[] = [];
  let ofRun = parts.question.images;
  let wanted: readonly string[] = parts.sources.map((source) => source.name);
  let dropped: readonly string[] = [];
  let givenUp: Readonly<Record<string, string>> = {};
  let slowness = 1;
  const groupsNow = (): readonly Group[] => groupsOf({ ...parts.question, images: ofRun });
  const refit = (): void => {
    const groups = groupsNow();
    const prepared = new Set(images.map((image) => image.name));
    const costs = roughCosts(groups, sizes, {
      countPasses: parts.countPasses,
      slowness,
      // What has no room after all is left out once it was counted.
      share: AT_BEST,
      prepared,
      proved: parts.proved,
    });
    const fit = fitBudget(costs, parts.blocks, parts.deadline.leftNs());
    ofRun = fit.images;
    givenUp = fit.droppedScenarios;
    wanted = keptGroups(groups, fit).flatMap(({ image, others = [] }) => [image, ...others]);
    dropped = [...dropped, ...fit.dropped.filter((text) => text.startsWith('image '))];
  };
  refit();
  for (const [number, source] of parts.sources.entries()) {
    if (!wanted.includes(source.name) || parts.interrupted()) continue;
    const dir = join(parts.workspace.sources, String(number));
    mkdirSync(dir, { recursive: true });
    parts.progress(`preparing ${source.name}`);
    const from = process.hrtime.bigint();
    const { objectDir, rootless } = parts;
    const image = await prepareImage(source, { dir, objectDir, rootless });
    images.push(image);
    const tookNs = Number(process.hrtime.bigint() - from);
    if (number === 0) slowness = slownessOf(tookNs / roughPrepareNs(sizes.get(source.name)!));
    refit();
    if (wanted.includes(image.name)) parts.onReady(image, groupsNow());
  }
  const left = images.filter((image) => wanted.includes(image.name));
  const has = (group: Group): boolean =>
    [group.image, ...(group.others ?? [])].every((name) => left.some((image) => image.name === name));
  // A scenario whose own image was not made ready is not asked at all, and that has to be said.
  const asked = groupsOf({ ...parts.question, images: ofRun });
  const lost = Object.keys(givenUp).filter((id) =>
    asked.filter(({ scenario, own }) => scenario.id === id && own === true).some((group) => !has(group)),
  );
  return {
    images: left,
    sizes,
    slowness,
    dropped: [...dropped, ...lost.map((id) => givenUp[id]!)],
    ofRun,
  };
};
