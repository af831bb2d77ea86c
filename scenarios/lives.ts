// Shared by scenarios in which workers live many lives at the same time: images, starts, the two latencies, and one counted life.
import { UserError } from '../harness/model/errors.ts';
import type { Life, LivesAsked, LivesResult, Start } from '../harness/model/lives.ts';
import { seeded, shuffled } from '../harness/model/random.ts';
import type { Params, Stage, Values } from '../harness/model/scenario.ts';
import { S_IFMT, S_IFREG, type Tree } from '../harness/model/tree.ts';
import { mountAndUse } from './churn.ts';
import { readTarget } from './read-target.ts';
import { startSteps } from './start-trace.ts';

/** Files that a start without a record reads: as many small ones as the recorded start of a shell opens. */
const FIRST_FILES = 20;
const FIRST_BYTES = 64n * 1024n;
const PLAIN = /^[\x21-\x7e]+$/;
const MOST_NAMED = 5;
/** Beside the headline backends: both checkouts, and one server for all mounts. */
export const LIVES_MOUNTS: readonly string[] = [
  'hardlink-checkout',
  'reflink-checkout',
  'composefs-fuse-shared',
];

const GENERATED = 3;

/** A checkout links every file of every image once before its first life, within the time limit of a slot. */
const MEMBERS = 16;

/**
 * The images of a slot, in turns. `generated`: small ones, to see in seconds what a machine does. `family`: Debian 12 with Python, and an
 * application layer for each, with the recorded start of Python.
 */
export const imageSources = ({ images }: Params): readonly [string, ...string[]] =>
  images === 'family'
    ? [`family:base=fixture:debian-12-python,count=${MEMBERS},app=20..200,shared=0.5,seed=1`]
    : (Array.from({ length: GENERATED }, (_, i) => `synthetic:files=400,layers=2,seed=${i + 1}`) as [string]);

/** Its first small files. */
export const firstFiles = (tree: Tree): Start => {
  const files: { path: string; sizeBytes: number }[] = [];
  for (let index = 1; index < tree.count && files.length < FIRST_FILES; index++) {
    const entry = tree.entry(index);
    if ((entry.mode & S_IFMT) !== S_IFREG || entry.size === 0n || entry.size > FIRST_BYTES) continue;
    const path = tree.path(index);
    if (entry.link === null && PLAIN.test(path)) files.push({ path, sizeBytes: Number(entry.size) });
  }
  return { files };
};

const known = new WeakMap<Tree, Start>();

const startOf = (source: string, tree: Tree): Start => {
  const found = known.get(tree);
  if (found !== undefined) return found;
  const recorded = startSteps(source);
  const start = recorded === null ? firstFiles(tree) : { recorded };
  known.set(tree, start);
  return start;
};

/** The recorded start of each image, else its first files. The members of a family do what their base does. */
export const startsOf = ({ image, others }: Stage): readonly Start[] => {
  const { family } = image;
  if (family === undefined) return [image, ...others].map(({ source, tree }) => startOf(source, tree));
  const { source, tree } = family.base ?? image;
  return family.members.map(() => startOf(source, tree));
};

/** All images in a seeded order, repeatedly: the same order for every arm. */
export const orderOf = (imageCount: number, lifeCount: number, seed: string): readonly number[] => {
  const images = Array.from({ length: imageCount }, (_, i) => i);
  const order: number[] = [];
  for (let round = 0; order.length < lifeCount; round++)
    order.push(...shuffled(images, seeded(`${seed}: ${round}`)));
  return order.slice(0, lifeCount);
};

/** From the moment at which the life was due until its start has read its files. */
export const readyNs = ({ dueNs, endsNs }: Life): number => endsNs.use - dueNs;
/** From the end of its start until it is removed. */
export const goneNs = ({ endsNs }: Life): number => endsNs.destroy - endsNs.use;

/** Lives, and fails if one of them failed; every failure is counted, and the first ones are named. */
export const liveAll = async (stage: Stage, asked: LivesAsked): Promise<LivesResult> => {
  const result = await stage.lives(asked);
  if (result.failed.length === 0) return result;
  const all = result.failed.length + result.lives.length;
  const kinds = new Map<string, number>();
  for (const { phase, message } of result.failed) {
    const text = `${phase}: ${message}`;
    kinds.set(text, (kinds.get(text) ?? 0) + 1);
  }
  const named = [...kinds].slice(0, MOST_NAMED).map(([text, count]) => `${count} × ${text}`);
  if (kinds.size > MOST_NAMED) named.push(`and ${kinds.size - MOST_NAMED} more`);
  throw new UserError(`${result.failed.length} of ${all} lives failed: ${named.join('; ')}`, {
    code: result.failed[0]!.code,
    exit: 5,
  });
};

/** The system calls of one life, without those of the start itself: one file is read, by `cat`. */
export const countedLife = async (stage: Stage): Promise<Values> => {
  const { prepared, store, image } = stage;
  await prepared.ingest(store);
  const target = readTarget(image.tree);
  const dir = stage.folder('image-0');
  const created = await stage.phase('create', () => prepared.create(store, dir));
  stage.sync();
  await mountAndUse(stage, created, 0, target);
  stage.sync();
  await stage.phase('destroy', () => created.destroy());
  return {};
};
