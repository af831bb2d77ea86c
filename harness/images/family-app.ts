// The application layer of a family's member: a new directory of the root with files of its own and files that other members have too.
//
// All members draw their common files from one pool, which depends on the seed and not on the number of members: a common file has the
// same path, metadata and contents wherever it stands. The same seed and number give the same layer, whatever else is made.
import { type Random, seeded, shuffled } from '../model/random.ts';
import type { Tree } from '../model/tree.ts';
import type { FamilySpec } from './family-spec.ts';
import { type DirectorySkeleton, LayerMaker, mtime, nameOf, type SyntheticFile } from './synthetic-layer.ts';
import {
  crowdedDirectory,
  DIRECTORIES_PER_FILE,
  directoryParents,
  fileMode,
  sizeAt,
  unit,
} from './synthetic-shape.ts';

const TOP = 'app';

interface AppFile extends SyntheticFile {
  readonly directory: number;
  readonly name: string;
}

/** Common parts of the application layers of all members. */
export interface AppPool {
  readonly skeleton: DirectorySkeleton;
  readonly files: readonly AppFile[];
}

/** A name that the base's root does not have. */
const freeName = (base: Tree): string => {
  let name = TOP;
  for (let number = 1; base.child(0, name) !== undefined; number++) name = `${TOP}-${number}`;
  return name;
};

/** The root, the application's directory, and those below. */
const skeletonOf = (base: Tree, count: number, random: Random): DirectorySkeleton => {
  const parents = directoryParents(count, random);
  return {
    parents: Int32Array.from({ length: count + 1 }, (_, i) => (i < 2 ? i - 1 : parents[i - 1]! + 1)),
    names: Array.from({ length: count + 1 }, (_, i) =>
      i === 0 ? '' : i === 1 ? freeName(base) : nameOf(i, random),
    ),
    mtimes: Float64Array.from({ length: count + 1 }, () => mtime(random)),
  };
};

interface FileDrawing {
  readonly count: number;
  /** Begins the seeds of contents. */
  readonly prefix: string;
  /** The number of the first file's name. */
  readonly firstNumber: number;
  readonly skeleton: DirectorySkeleton;
}

/** One size from each of N equal shares of the distribution. */
const drawFiles = (
  { count, prefix, firstNumber, skeleton }: FileDrawing,
  random: Random,
): readonly AppFile[] => {
  const sizes = shuffled(
    Array.from({ length: count }, (_, i) => sizeAt((i + unit(random)) / count)),
    random,
  );
  return sizes.map((size, i) => ({
    directory: 1 + crowdedDirectory(skeleton.names.length - 1, random),
    name: nameOf(firstNumber + i, random),
    mode: fileMode(random),
    size,
    mtimeSec: mtime(random),
    content: `${prefix}/${size}/${i}`,
  }));
};

export const poolOf = ({ app: [, most], shared, seed }: FamilySpec, base: Tree): AppPool => {
  const random = seeded(`family ${seed}`);
  const skeleton = skeletonOf(base, 1 + Math.round(most * DIRECTORIES_PER_FILE), random);
  const count = Math.round(shared * most);
  const drawing = { count, prefix: `family ${seed}/shared`, firstNumber: skeleton.names.length, skeleton };
  return { skeleton, files: drawFiles(drawing, random) };
};

export interface AppLayer {
  readonly tree: Tree;
  /** Seeds of contents by entry. */
  readonly contents: readonly string[];
}

export const appLayer = (spec: FamilySpec, member: number, base: Tree, pool: AppPool): AppLayer => {
  const { app, shared, seed } = spec;
  const { skeleton } = pool;
  const random = seeded(`family ${seed} member ${member}`);
  const fileCount = random.int(...app);
  const common = shuffled(pool.files, random).slice(0, Math.round(shared * fileCount));
  const own = drawFiles(
    {
      count: fileCount - common.length,
      prefix: `family ${seed}/${member}`,
      firstNumber: skeleton.names.length + pool.files.length,
      skeleton,
    },
    random,
  );
  // The layer repeats the root, as every layer does, and must not change it.
  const maker = new LayerMaker(skeleton, base.entry(0));
  for (const file of [...common, ...own]) maker.file(file.directory, file.name, file);
  return { tree: maker.builder.finish(), contents: maker.contents };
};
