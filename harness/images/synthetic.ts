// The source `synthetic:files=N,layers=L,seed=S`: a made-up tree shaped like a distribution's. The same words give the same
// image on every machine, and the lowest layers of one are the same layers.
import { createHash } from 'node:crypto';
import type { ByteString } from '../model/bytes.ts';
import { newTreeBuilder } from '../model/columns.ts';
import type { ContentRef, SourceImage } from '../model/image.ts';
import { type Random, seeded, shuffled } from '../model/random.ts';
import {
  type Inode,
  S_IFCHR,
  S_IFDIR,
  S_IFLNK,
  S_IFREG,
  type Tree,
  type TreeBuilder,
} from '../model/tree.ts';
import { objectOf } from './inode.ts';
import { flatten } from './layers.ts';
import {
  chance,
  crowdedDirectory,
  DIRECTORIES_PER_FILE,
  DUPLICATE_PERCENT,
  directoryParents,
  fileMode,
  SYMLINKS_PER_FILE,
  sizeAt,
  unit,
} from './synthetic-shape.ts';
import { parseSynthetic, type Wanted } from './synthetic-spec.ts';

/** Stands for the digest of contents that were not made yet: the store computes the true one. */
const describedDigest = (seed: string): string => createHash('sha256').update(seed).digest('hex');

/** Of the files that are not in the base layer, those that replace one of a layer below. */
const REPLACED_PERCENT = 5;
/** Per file in an upper layer, the names below that it removes. */
const REMOVED_PERCENT = 1;
const BASE_SHARE = 0.6;
const EPOCH_SEC = 1_600_000_000;
const AGE_SPREAD_SEC = 100_000_000;

const BARE = {
  nlink: 1,
  uid: 0,
  gid: 0,
  rdev: 0,
  size: 0n,
  mtimeNsec: 0,
  payload: null,
  content: null,
  digest: null,
  xattrs: [],
};

/** What is the same in every layer that needs it. */
interface Skeleton {
  readonly parents: Int32Array;
  readonly names: readonly string[];
  readonly mtimes: Float64Array;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** Unique by its number, of the lengths that real names have. */
const nameOf = (number: number, random: Random): ByteString => {
  let name = `${number.toString(36)}-`;
  for (let length = random.int(4, 20); name.length < length; ) name += LETTERS[random.int(0, 25)];
  return name;
};

const mtime = (random: Random): number => EPOCH_SEC + random.int(0, AGE_SPREAD_SEC);

const skeletonOf = (count: number, random: Random): Skeleton => ({
  parents: directoryParents(count, random),
  names: Array.from({ length: count }, (_, i) => (i === 0 ? '' : nameOf(i, random))),
  mtimes: Float64Array.from({ length: count }, () => mtime(random)),
});

/** Adds a layer's directories as its entries need them. */
class LayerMaker {
  readonly builder: TreeBuilder = newTreeBuilder();
  readonly contents: ByteString[] = [];
  readonly #skeleton: Skeleton;
  readonly #added: Map<number, number> = new Map();

  constructor(skeleton: Skeleton) {
    this.#skeleton = skeleton;
    this.directory(0);
  }

  directory(number: number): number {
    const known = this.#added.get(number);
    if (known !== undefined) return known;
    const { parents, names, mtimes } = this.#skeleton;
    const inode: Inode = { ...BARE, mode: S_IFDIR | 0o755, nlink: 2, mtimeSec: BigInt(mtimes[number]!) };
    const index = this.builder.add(
      number === 0 ? -1 : this.directory(parents[number]!),
      names[number]!,
      inode,
    );
    this.#added.set(number, index);
    return index;
  }

  file(
    directory: number,
    name: ByteString,
    file: { mode: number; size: number; mtimeSec: number; content: string },
  ): void {
    const { mode, size, mtimeSec, content } = file;
    const inode: Inode = {
      ...BARE,
      mode: S_IFREG | mode,
      size: BigInt(size),
      mtimeSec: BigInt(mtimeSec),
      ...(size > 0 ? objectOf(describedDigest(content)) : {}),
    };
    this.contents[this.builder.add(this.directory(directory), name, inode)] = content;
  }

  other(directory: number, name: ByteString, inode: Inode): void {
    this.builder.add(this.directory(directory), name, inode);
  }
}

const makeLayers = ({ fileCount, layerCount, seed, upTo }: Wanted): LayerMaker[] => {
  const random = seeded(`synthetic ${seed}`);
  const directoryCount = 1 + Math.round(fileCount * DIRECTORIES_PER_FILE);
  const skeleton = skeletonOf(directoryCount, random);
  const layers = Array.from({ length: layerCount }, () => new LayerMaker(skeleton));
  // One size from each of N equal shares: the sum stays near that of the real tree however few files there are.
  const sizes = shuffled(
    Array.from({ length: fileCount }, (_, i) => sizeAt((i + unit(random)) / fileCount)),
    random,
  );
  const content = (name: string, size: number): string => `${seed}/${size}/${name}`;
  const upper = (): number =>
    layerCount === 1 || unit(random) < BASE_SHARE ? 0 : random.int(1, layerCount - 1);
  for (let number = 0; number < directoryCount; number++) layers[0]!.directory(number);
  const earlier: { size: number; content: string }[] = [];
  for (let i = 0; i < fileCount; i++) {
    const layer = upper();
    const directory = crowdedDirectory(directoryCount, random);
    const name = nameOf(directoryCount + i, random);
    const isCopy = earlier.length > 0 && chance(random, DUPLICATE_PERCENT);
    const own = { size: sizes[i]!, content: content(`${i}`, sizes[i]!) };
    const bytes = isCopy ? earlier[random.int(0, earlier.length - 1)]! : own;
    if (!isCopy) earlier.push(bytes);
    layers[layer]!.file(directory, name, { ...bytes, mode: fileMode(random), mtimeSec: mtime(random) });
    if (layer === 0) continue;
    const below = layers[random.int(0, layer - 1)]!;
    const old = {
      size: own.size,
      content: content(`${i} before`, own.size),
      mode: 0o644,
      mtimeSec: EPOCH_SEC,
    };
    if (chance(random, REPLACED_PERCENT)) below.file(directory, name, old);
    if (chance(random, REMOVED_PERCENT)) {
      below.file(directory, `${name}~`, old);
      layers[layer]!.other(directory, `${name}~`, { ...BARE, mode: S_IFCHR, mtimeSec: BigInt(EPOCH_SEC) });
    }
  }
  for (let i = 0; i < Math.round(fileCount * SYMLINKS_PER_FILE); i++) {
    const target = `../${nameOf(i, random)}`;
    layers[upper()]!.other(
      crowdedDirectory(directoryCount, random),
      nameOf(directoryCount + fileCount + i, random),
      {
        ...BARE,
        mode: S_IFLNK | 0o777,
        size: BigInt(target.length),
        payload: target,
        mtimeSec: BigInt(mtime(random)),
      },
    );
  }
  return layers.slice(0, upTo);
};

const nameOfImage = ({ fileCount, layerCount, seed, upTo }: Wanted): string =>
  [
    `synthetic-${fileCount}-${layerCount}-${seed.replace(/[^\x21-\x7e]+/g, '-')}`,
    ...(upTo < layerCount ? [`upto-${upTo}`] : []),
  ].join('-');

export const openSynthetic = async (spec: string, source: string): Promise<SourceImage> => {
  const wanted = parseSynthetic(spec, source);
  const makers = makeLayers(wanted);
  const layers: readonly Tree[] = makers.map(({ builder }) => builder.finish());
  const flattened =
    layers.length === 1
      ? { tree: layers[0]!, origin: (index: number) => ({ layer: 0, index }) }
      : flatten(layers);
  return {
    name: nameOfImage(wanted),
    source,
    contents: 'synthetic',
    tree: flattened.tree,
    layers,
    content(tree, index): ContentRef {
      const at = tree === flattened.tree ? flattened.origin(index) : { layer: layers.indexOf(tree), index };
      return {
        kind: 'seed',
        seed: makers[at.layer]!.contents[at.index]!,
        sizeBytes: Number(tree.entry(index).size),
      };
    },
    async close() {},
  };
};
