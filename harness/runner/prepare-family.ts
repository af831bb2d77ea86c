// Prepares a family: its base here, its members in threads.
//
// Does:    a full store of its own with the objects of all members, one pack, layer tars, and one manifest file per member, taken from the
//          cache of manifests where it has them.
// Memory:  one tree per thread; the digests of all objects.
// Leaves:  files in the work folder, and manifests in the user's cache folder.
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { imageBytes } from '../erofs/writer.ts';
import { UserError } from '../model/errors.ts';
import type {
  Family,
  FamilyMember,
  Image,
  ImageObject,
  MemberPart,
  SourceFamily,
  SourceImage,
} from '../model/image.ts';
import { ensureFolder } from '../store/folders.ts';
import { memberImage, withTrees } from '../store/member-image.ts';
import { makeObjectFolders, objectPath } from '../store/objects.ts';
import { SharedPack } from '../store/pack.ts';
import { distinctObjects, exactLayers, prepareImage } from '../store/prepare.ts';
import { objectDirOf } from '../store/store.ts';
import { verityDigest } from '../store/verity.ts';
import { openCacheFolder } from '../sys/cache-folder.ts';
import type { OpenFolder } from '../sys/folder-lock.ts';
import {
  bytesOf,
  type FamilyReply,
  type FamilyTask,
  hiddenOf,
  LAYERS,
  type MadeMember,
  MEMBERS,
} from './family-thread.ts';
import { trimManifests } from './manifest-cache.ts';

const CACHE = 'manifests';
/** Threads beyond this wait for the disk. */
const MOST_THREADS = 8;

export interface FamilyParts {
  /** Module that a thread runs. */
  readonly entry: URL;
  readonly version: string;
  /** A folder of the family's own. */
  readonly dir: string;
  readonly storeDir: string;
  readonly spoolDir: string;
  readonly rootless: boolean;
  readonly interrupted: () => boolean;
  readonly progress: (text: string) => void;
  readonly say: (text: string) => void;
}

const newThread = (entry: URL, workerData: FamilyTask): Worker => {
  try {
    return new Worker(entry, { workerData });
  } catch (error) {
    throw new UserError('cannot start a thread that prepares images', {
      exit: 5,
      facts: [(error as Error).message],
    });
  }
};

/** All of them, or none: a thread that runs keeps the process from ending. */
const startThreads = async (count: number, entry: URL, task: FamilyTask): Promise<readonly Worker[]> => {
  const threads: Worker[] = [];
  try {
    while (threads.length < count) threads.push(newThread(entry, task));
    return threads;
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.terminate()));
    throw error;
  }
};

/** Hands out members until there are no more, one at a time. Rejects with the error of the thread. */
const feed = async (thread: Worker, next: () => number | undefined, took: (made: MadeMember) => void) => {
  const failed = once(thread, 'exit').then(() => {
    throw new UserError('a thread that prepares images ended', { exit: 5 });
  });
  failed.catch(() => {});
  for (let index = next(); index !== undefined; index = next()) {
    thread.postMessage(index);
    // `once` rejects with the error of the thread.
    const [reply] = (await Promise.race([once(thread, 'message'), failed])) as [FamilyReply];
    if (reply.kind === 'failed')
      throw new UserError(`cannot prepare member ${reply.index}`, {
        code: reply.code,
        exit: 5,
        facts: [reply.message],
      });
    took(reply);
  }
};

interface FamilyBase {
  readonly base: Image | null;
  readonly pack: SharedPack;
}

/** Adds the parts of the base to a member. */
const onBase = ({ layers, objects }: Image): ((member: FamilyMember) => FamilyMember) => {
  const below = layers.map(({ tree: _, ...layer }) => layer);
  const objectBytes = bytesOf(objects);
  return (member) => ({
    ...member,
    layers: [...below, ...member.layers],
    objectBytes: objectBytes + member.objectBytes,
  });
};

interface MadeMembers {
  readonly members: readonly FamilyMember[];
  /** By member: the objects of its own layers. */
  readonly own: readonly (readonly ImageObject[])[];
  readonly cache: Readonly<Record<MadeMember['cache'], number>>;
  /** Objects that a file of a lower layer has and the tree of that member hides. */
  readonly hidden: readonly string[];
}

/** Null if the run was interrupted. */
const makeMembers = async (
  count: number,
  task: FamilyTask,
  { entry, interrupted, progress, pack, base }: FamilyParts & FamilyBase,
): Promise<MadeMembers | null> => {
  const members: FamilyMember[] = [];
  const own: (readonly ImageObject[])[] = [];
  const withBase = base === null ? (member: FamilyMember): FamilyMember => member : onBase(base);
  const cache = { none: 0, read: 0, written: 0, refused: 0 };
  const hidden = new Set<string>();
  let [given, done, failed] = [0, 0, false];
  const next = (): number | undefined => (given < count && !failed && !interrupted() ? given++ : undefined);
  const took = (made: MadeMember): void => {
    pack.add(made.objects);
    members[made.index] = withBase(made.member);
    own[made.index] = made.objects;
    for (const digest of made.hidden) hidden.add(digest);
    cache[made.cache]++;
    done++;
    progress(`${done} of ${count}`);
  };
  const threads = await startThreads(Math.min(count, availableParallelism(), MOST_THREADS), entry, task);
  const ends = await Promise.allSettled(
    threads.map((thread) =>
      feed(thread, next, took)
        .catch((error: unknown) => {
          failed = true;
          throw error;
        })
        .finally(() => thread.terminate()),
    ),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return done < count ? null : { members, own, cache, hidden: [...hidden] };
};

const cacheText = ({ read, written, refused }: MadeMembers['cache'], cache: OpenFolder | null): string => {
  if (cache === null) return 'no cache of manifests: none of this user, or in use by another run';
  const notKept = refused === 0 ? '' : `, ${refused} could not be kept`;
  return `${read} manifests from the cache, ${written} new${notKept}`;
};

/** Member 0 with everything in memory, as scenarios that know no families expect it. */
const withFamily = async (
  { name, source, tree }: SourceImage,
  part: MemberPart,
  family: Family,
): Promise<Image> => {
  try {
    const own = await exactLayers(part, { objectDir: null });
    return {
      // Made again, so that a false manifest in the cache is found by the proof.
      ...withTrees(family.image(0), own, part.whole(own)),
      name,
      source,
      describedDigest: verityDigest(imageBytes(tree, {})),
      family,
    };
  } finally {
    await part.close();
  }
};

/** Null if the run was interrupted. */
export const prepareFamily = async (
  source: SourceImage,
  family: SourceFamily,
  parts: FamilyParts,
): Promise<Image | null> => {
  const { dir, storeDir, spoolDir, rootless, version } = parts;
  const startedNs = process.hrtime.bigint();
  const objectDir = objectDirOf(storeDir);
  for (const folder of [dir, join(dir, MEMBERS), join(dir, LAYERS), storeDir]) ensureFolder(folder);
  makeObjectFolders(objectDir);
  const pack = new SharedPack(join(dir, 'objects.pack'), objectDir);
  const cache = await openCacheFolder(CACHE);
  try {
    const base =
      family.base === null
        ? null
        : await prepareImage(family.base, { dir: join(dir, 'base'), objectDir, rootless, pack });
    const task: FamilyTask = {
      source: source.source,
      baseName: family.base?.name ?? '',
      ...{ spoolDir, dir, objectDir, rootless, version },
      base: base?.manifest ?? null,
      baseNotUnpackable: base?.notUnpackable ?? null,
      cacheDir: cache?.path ?? null,
    };
    const made = await makeMembers(family.count, task, { ...parts, pack, base });
    if (made === null) return null;
    if (cache !== null) trimManifests(cache.path);
    const below = (base?.layers ?? []).flatMap(({ tree }) => distinctObjects(tree));
    // Objects that no member shows are not garbage that a slot should find.
    for (const digest of [...made.hidden, ...hiddenOf(below, base?.objects ?? [])])
      if (!pack.has(digest)) rmSync(join(objectDir, objectPath(digest)), { force: true });
    const seconds = Number(process.hrtime.bigint() - startedNs) / 1e9;
    parts.say(
      `${source.name}: ${family.count} images with ${pack.objectCount} objects in ${seconds.toFixed(1)} s; ${cacheText(made.cache, cache)}`,
    );
    const image = (index: number): Image =>
      memberImage(made.members[index]!, { pack, base, own: made.own[index]! });
    const prepared = { members: made.members, base, storeDir, image };
    return await withFamily(source, await family.part(0, base?.tree ?? null), prepared);
  } finally {
    pack.close();
    cache?.close();
  }
};
