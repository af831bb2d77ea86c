// Prepares images within the budget: before each image the budget rule ends the groups for whose images there is no time.
import { join } from 'node:path';
import type { Image, SourceImage } from '../model/image.ts';
import { sizeOf } from '../model/image-size.ts';
import type { ImageSize } from '../model/scenario.ts';
import { ensureFolder } from '../store/folders.ts';
import { prepareImage } from '../store/prepare.ts';
import { affordableImages, byRank, type OutOfTime, type Remaining, roughPrepareNs } from './budget.ts';
import type { Deadline } from './clock.ts';
import { groupsOf, type Question } from './groups.ts';
import type { FamilyEntry } from './parts.ts';
import type { Group } from './plan.ts';
import { prepareFamily } from './prepare-family.ts';
import { estimatedLimitNs, type StepLimits } from './step-limits.ts';
import type { Workspace } from './workspace.ts';

export interface ReadyParts {
  /** The run's images, then those that only scenarios name. */
  readonly sources: readonly SourceImage[];
  readonly question: Question;
  /** Groups that a resumed run has no time for. */
  readonly leavesOut: (group: Group) => boolean;
  /** Measured of every group before the first look. */
  readonly remaining: Remaining;
  readonly deadline: Deadline;
  readonly workspace: Workspace;
  readonly objectDir: string;
  /** Layers are unpacked inside a user namespace. */
  readonly rootless: boolean;
  readonly family: FamilyEntry;
  readonly progress: (text: string) => void;
  readonly say: (text: string) => void;
  readonly interrupted: () => boolean;
  /** Proofs run meanwhile: the finished ones, by `pairKey`. */
  readonly proved: ReadonlySet<string>;
  readonly steps: StepLimits;
  /** Called for each prepared image with the groups of the run; some may end before the next image is prepared. */
  readonly onReady: (image: Image, groups: readonly Group[]) => void;
}

export interface Ready {
  readonly images: readonly Image[];
  readonly sizes: ReadonlyMap<string, ImageSize>;
  readonly ended: readonly OutOfTime[];
  /** The run's own images that are left. */
  readonly ofRun: readonly string[];
}

const imagesOf = (groups: readonly Group[]): ReadonlySet<string> =>
  new Set(groups.flatMap(({ image, others = [] }) => [image, ...others]));

/** Null if the run was interrupted. */
const prepareOne = async (
  parts: ReadyParts,
  source: SourceImage,
  { number, dir }: { readonly number: number; readonly dir: string },
): Promise<Image | null> => {
  const { objectDir, rootless } = parts;
  if (source.family === undefined) return prepareImage(source, { dir, objectDir, rootless });
  return prepareFamily(source, source.family, {
    ...{ ...parts.family, dir, rootless },
    storeDir: `${parts.workspace.store}-${number}`,
    spoolDir: parts.workspace.sources,
    interrupted: parts.interrupted,
    progress: (text) => parts.progress(`preparing ${source.name}: ${text}`),
    say: parts.say,
  });
};

export const makeReady = async (parts: ReadyParts): Promise<Ready> => {
  const { question } = parts;
  const sizes = new Map(parts.sources.map((source) => [source.name, sizeOf(source)]));
  const images: Image[] = [];
  const ended: OutOfTime[] = [];
  let groups: readonly Group[] = byRank(groupsOf(question), question).filter(
    (group) => !parts.leavesOut(group),
  );
  let [tookNs, expectedNs] = [0, 0];
  const fit = (): void => {
    const preparing = {
      sizes,
      slowness: expectedNs === 0 ? 1 : tookNs / expectedNs,
      prepared: new Set(images.map(({ name }) => name)),
      proved: parts.proved,
    };
    const fitted = affordableImages(groups, preparing, parts.remaining, parts.deadline.leftNs());
    groups = fitted.kept;
    ended.push(...fitted.ended);
  };
  for (const [number, source] of parts.sources.entries()) {
    fit();
    if (!imagesOf(groups).has(source.name) || parts.interrupted()) continue;
    const dir = join(parts.workspace.sources, String(number));
    ensureFolder(dir);
    parts.progress(`preparing ${source.name}`);
    const startedNs = process.hrtime.bigint();
    const roughNs = roughPrepareNs(sizes.get(source.name)!);
    const end = parts.steps.begin(estimatedLimitNs(roughNs));
    const image = await prepareOne(parts, source, { number, dir }).finally(end);
    if (image === null) continue;
    images.push(image);
    tookNs += Number(process.hrtime.bigint() - startedNs);
    expectedNs += roughNs;
    parts.onReady(image, groups);
  }
  const needed = imagesOf(groups);
  return {
    images: images.filter(({ name }) => needed.has(name)),
    sizes,
    ended,
    ofRun: question.images.filter((name) => needed.has(name)),
  };
};
