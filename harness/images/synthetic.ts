// The source `synthetic:files=N,layers=L,seed=S[,mix=M][,upto=U]`: a generated tree shaped like a distribution's. The same parameters
// give the same image on every machine, and images that differ only in `upto` share their lowest layers.
import type { ContentRef, SourceImage } from '../model/image.ts';
import { type Random, seeded, shuffled } from '../model/random.ts';
import { S_IFCHR, S_IFLNK, type Tree } from '../model/tree.ts';
import { flatten } from './layers.ts';
import { BARE, type DirectorySkeleton, EPOCH_SEC, LayerMaker, mtime, nameOf } from './synthetic-layer.ts';
import {
  chance,
  crowdedDirectory,
  DIRECTORIES_PER_FILE,
  DUPLICATE_PERCENT,
  directoryParents,
  fileMode,
  meanSizes,
  SYMLINKS_PER_FILE,
  sizeAt,
  unit,
} from './synthetic-shape.ts';
import { parseSynthetic, type SyntheticSpec } from './synthetic-spec.ts';

/** Share of upper-layer files that replace a file of a layer below. */
const REPLACED_PERCENT = 5;
/** Removed names of lower layers per upper-layer file. */
const REMOVED_PERCENT = 1;
const BASE_SHARE = 0.6;

const skeletonOf = (count: number, random: Random): DirectorySkeleton => ({
  parents: directoryParents(count, random),
  names: Array.from({ length: count }, (_, i) => (i === 0 ? '' : nameOf(i, random))),
  mtimes: Float64Array.from({ length: count }, () => mtime(random)),
});

interface DrawnFile {
  readonly size: number;
  readonly content: string;
}

/** One size from each of N equal shares of the distribution, so that the sum stays near that of the real tree. */
const drawnFiles = ({ fileCount, seed }: SyntheticSpec, random: Random): readonly DrawnFile[] =>
  shuffled(
    Array.from({ length: fileCount }, (_, i) => sizeAt((i + unit(random)) / fileCount)),
    random,
  ).map((size, i) => ({ size, content: `${seed}/${size}/${i}` }));

/** Every `mix` files have the same sizes and the same share of duplicates, so that images of any file count are comparable. */
const mixedFiles = (spec: SyntheticSpec, mix: number, random: Random): readonly DrawnFile[] => {
  const sizes = meanSizes(mix);
  const every = Math.round(100 / DUPLICATE_PERCENT);
  const fileOf = (round: number, place: number): DrawnFile => {
    const isCopy = place % every === every - 1;
    const from = isCopy ? place - 1 : place;
    return { size: sizes[from]!, content: `${spec.seed}/${sizes[from]}/${round} ${from}` };
  };
  return Array.from({ length: Math.ceil(spec.fileCount / mix) }, (_, round) =>
    shuffled(
      Array.from({ length: mix }, (__, place) => fileOf(round, place)),
      random,
    ),
  )
    .flat()
    .slice(0, spec.fileCount);
};

interface SymlinkPlan {
  readonly count: number;
  readonly directoryCount: number;
  /** The number of the first symlink's name. */
  readonly firstNumber: number;
  layer(): LayerMaker;
}

const addSymlinks = ({ count, directoryCount, firstNumber, layer }: SymlinkPlan, random: Random): void => {
  for (let i = 0; i < count; i++) {
    const target = `../${nameOf(i, random)}`;
    layer().other(crowdedDirectory(directoryCount, random), nameOf(firstNumber + i, random), {
      ...BARE,
      mode: S_IFLNK | 0o777,
      size: BigInt(target.length),
      payload: target,
      mtimeSec: BigInt(mtime(random)),
    });
  }
};

const makeLayers = (spec: SyntheticSpec): LayerMaker[] => {
  const { fileCount, layerCount, seed, mix, upTo } = spec;
  const random = seeded(`synthetic ${seed}`);
  const directoryCount = 1 + Math.round(fileCount * DIRECTORIES_PER_FILE);
  const skeleton = skeletonOf(directoryCount, random);
  const layers = Array.from({ length: layerCount }, () => new LayerMaker(skeleton));
  const drawn = mix === null ? drawnFiles(spec, random) : mixedFiles(spec, mix, random);
  const upper = (): number =>
    layerCount === 1 || unit(random) < BASE_SHARE ? 0 : random.int(1, layerCount - 1);
  for (let number = 0; number < directoryCount; number++) layers[0]!.directory(number);
  const earlier: DrawnFile[] = [];
  /** A mix has its duplicates already. */
  const copied = (own: DrawnFile): DrawnFile => {
    const isCopy = mix === null && earlier.length > 0 && chance(random, DUPLICATE_PERCENT);
    if (isCopy) return earlier[random.int(0, earlier.length - 1)]!;
    earlier.push(own);
    return own;
  };
  for (let i = 0; i < fileCount; i++) {
    const layer = upper();
    const directory = crowdedDirectory(directoryCount, random);
    const name = nameOf(directoryCount + i, random);
    const own = drawn[i]!;
    const bytes = copied(own);
    layers[layer]!.file(directory, name, { ...bytes, mode: fileMode(random), mtimeSec: mtime(random) });
    if (layer === 0) continue;
    const below = layers[random.int(0, layer - 1)]!;
    const old = {
      size: own.size,
      content: `${seed}/${own.size}/${i} before`,
      mode: 0o644,
      mtimeSec: EPOCH_SEC,
    };
    if (chance(random, REPLACED_PERCENT)) below.file(directory, name, old);
    if (chance(random, REMOVED_PERCENT)) {
      below.file(directory, `${name}~`, old);
      layers[layer]!.other(directory, `${name}~`, { ...BARE, mode: S_IFCHR, mtimeSec: BigInt(EPOCH_SEC) });
    }
  }
  addSymlinks(
    {
      count: Math.round(fileCount * SYMLINKS_PER_FILE),
      directoryCount,
      firstNumber: directoryCount + fileCount,
      layer: () => layers[upper()]!,
    },
    random,
  );
  return layers.slice(0, upTo);
};

const nameOfImage = ({ fileCount, layerCount, seed, mix, upTo }: SyntheticSpec): string =>
  [
    `synthetic-${fileCount}-${layerCount}-${seed.replace(/[^\x21-\x7e]+/g, '-')}`,
    ...(mix === null ? [] : [`mix-${mix}`]),
    ...(upTo < layerCount ? [`upto-${upTo}`] : []),
  ].join('-');

export const openSynthetic = async (parameters: string, source: string): Promise<SourceImage> => {
  const spec = parseSynthetic(parameters, source);
  const makers = makeLayers(spec);
  const layers: readonly Tree[] = makers.map(({ builder }) => builder.finish());
  const flattened =
    layers.length === 1
      ? { tree: layers[0]!, origin: (index: number) => ({ layer: 0, index }) }
      : flatten(layers);
  return {
    name: nameOfImage(spec),
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
