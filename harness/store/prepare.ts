// Prepares an image from a source: objects, manifest, pack and layer tars. Untimed.
//
// Does:   writes all distinct contents into the run's full store, under their true digests; then the pack and the layer tars
//         from the store.
// Cost:   three copies of the contents on disk: store, pack, tars.
// Leaves: the files below `dir` and `objectDir`.
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { imageBytes } from '../erofs/writer.ts';
import { UserError, unreachable } from '../model/errors.ts';
import type {
  ContentRef,
  FilePart,
  FilePlace,
  Image,
  ImageObject,
  Layer,
  MemberPart,
  SourceImage,
} from '../model/image.ts';
import { type Entry, S_IFMT, S_IFREG, type Tree } from '../model/tree.ts';
import { nameOfFile, partPieces } from './bulk.ts';
import { contentPieces } from './contents.ts';
import { ensureFolder } from './folders.ts';
import { writeLayerTar } from './layer-tar.ts';
import { makeObjectFolders, objectPath, putObject } from './objects.ts';
import { type SharedPack, writePack } from './pack.ts';
import { whyNotUnpackable } from './unpackable.ts';
import { VerityHasher, verityDigest } from './verity.ts';

interface PrepareOptions {
  /** For the pack and the layer tars. */
  readonly dir: string;
  /** Object folder of the run's full store. */
  readonly objectDir: string;
  /** Layers will be unpacked and mounted inside a user namespace. */
  readonly rootless?: boolean;
  /** The pack of several images, to which this one's objects are added. Absent: a pack of its own in `dir`. */
  readonly pack?: SharedPack;
  /** `part`: objects or layers. `done` goes from 0 to 1. */
  readonly onProgress?: (part: string, done: number) => void;
}

const YIELD_EVERY = 200;

export const hasObject = (entry: Entry): boolean =>
  (entry.mode & S_IFMT) === S_IFREG && entry.link === null && entry.size > 0n && entry.content === null;

const segmentsKey = ({ segments = [] }: FilePart): string =>
  segments.map(({ at, bytes }) => `${at}+${bytes}`).join(',');

const keyOf = (ref: ContentRef): string =>
  ref.kind === 'seed'
    ? `s${ref.sizeBytes} ${ref.seed}`
    : `f${ref.sizeBytes} ${ref.offset} ${segmentsKey(ref)} ${typeof ref.file === 'number' ? ref.file : ref.file.toString('latin1')}`;

const piecesOf = (ref: ContentRef): Iterable<Uint8Array> => {
  switch (ref.kind) {
    case 'seed':
      return contentPieces(ref.seed, 0, ref.sizeBytes);
    case 'file':
      return partPieces(ref);
    default:
      return unreachable(ref);
  }
};

const changed = (file: FilePlace): UserError =>
  new UserError('a file changed after its digest was computed', {
    code: 'changed',
    facts: [`file: ${nameOfFile(file)}`],
    hint: 'use a tree without writers, such as a snapshot',
  });

/** Digests of contents by a key of where they come from. */
export type KnownDigests = Map<string, string>;

interface PutOptions extends Pick<PrepareOptions, 'onProgress'> {
  /** Null: digests are computed and nothing is written. */
  readonly objectDir: string | null;
  /** Contents that are written already; new ones are added. */
  readonly known?: KnownDigests;
}

const digestOrPut = (objectDir: string | null, pieces: Iterable<Uint8Array>): string => {
  if (objectDir !== null) return putObject(objectDir, pieces);
  const hasher = new VerityHasher();
  for (const piece of pieces) hasher.update(piece);
  return hasher.digest();
};

/** Writes each distinct content once; returns digests by content key. */
const putContents = async (
  source: Pick<SourceImage, 'content'>,
  trees: readonly Tree[],
  { objectDir, onProgress, known: digests = new Map() }: PutOptions,
): Promise<KnownDigests> => {
  const total = trees.reduce((sum, tree) => sum + tree.count, 0);
  let done = 0;
  for (const tree of trees)
    for (let index = 0; index < tree.count; index++, done++) {
      // Handle signals and draw the progress line.
      if (done % YIELD_EVERY === 0) {
        onProgress?.('objects', done / total);
        await setImmediate();
      }
      const entry = tree.entry(index);
      if (!hasObject(entry)) continue;
      const ref = source.content(tree, index);
      const key = keyOf(ref);
      const digest = digests.get(key) ?? digestOrPut(objectDir, piecesOf(ref));
      if (ref.kind === 'file' && entry.digest !== null && entry.digest !== digest) throw changed(ref.file);
      digests.set(key, digest);
    }
  return digests;
};

/** The tree with its true objects; the same tree if the source already had them. */
const withTrueObjects = (source: Pick<SourceImage, 'content'>, tree: Tree, digests: KnownDigests): Tree => {
  let differs = false;
  const exact = tree.withObjects((entry) => {
    const digest = digests.get(keyOf(source.content(tree, entry.index)))!;
    const payload = objectPath(digest);
    differs ||= digest !== entry.digest || payload !== entry.payload;
    return { digest, payload };
  });
  return differs ? exact : tree;
};

/** The layers of a member's part with their true objects. */
export const exactLayers = async (part: MemberPart, options: PutOptions): Promise<readonly Tree[]> => {
  const digests = await putContents(part, part.layers, options);
  return part.layers.map((layer) => withTrueObjects(part, layer, digests));
};

/** Sorted by digest. */
export const distinctObjects = (tree: Tree): ImageObject[] => {
  const sizes = new Map<string, number>();
  for (let index = 0; index < tree.count; index++) {
    const entry = tree.entry(index);
    if (hasObject(entry)) sizes.set(entry.digest!, Number(entry.size));
  }
  return [...sizes]
    .map(([digest, sizeBytes]): ImageObject => ({ digest, sizeBytes }))
    .sort((a, b) => (a.digest < b.digest ? -1 : 1));
};

const writeLayers = async (
  layers: readonly Tree[],
  { dir, objectDir, rootless = false, onProgress }: PrepareOptions,
): Promise<Layer[]> => {
  const written: Layer[] = [];
  for (const [i, tree] of layers.entries()) {
    onProgress?.('layers', i / layers.length);
    await setImmediate();
    written.push(writeLayerTar(join(dir, `layer-${i}.tar`), tree, { objectDir, rootless }));
  }
  return written;
};

export const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

export const prepareImage = async (source: SourceImage, options: PrepareOptions): Promise<Image> => {
  const { dir, objectDir, rootless = false } = options;
  ensureFolder(dir);
  makeObjectFolders(objectDir);
  // A source without layers is its own only layer.
  const sourceTrees = [...new Set([source.tree, ...source.layers])];
  const digests = await putContents(source, sourceTrees, options);
  const trees = new Map(sourceTrees.map((tree) => [tree, withTrueObjects(source, tree, digests)]));
  const tree = trees.get(source.tree)!;
  const objects = distinctObjects(tree);
  options.pack?.add(objects);
  const packPath = options.pack?.path ?? join(dir, 'objects.pack');
  const packOffsets =
    options.pack === undefined
      ? writePack(packPath, objects, objectDir)
      : objects.map(({ digest }) => options.pack!.offsetOf(digest));
  const manifest = imageBytes(tree, {});
  const manifestDigest = verityDigest(manifest);
  const layerTrees = source.layers.map((layer) => trees.get(layer)!);
  const notUnpackable = whyNotUnpackable({ tree, layers: layerTrees }, { rootless });
  const layers = notUnpackable === null ? await writeLayers(layerTrees, options) : [];
  return {
    name: source.name,
    source: source.source,
    contents: source.contents,
    tree,
    objects,
    layers,
    manifest,
    bareManifest: once(() => imageBytes(tree, { hidesStore: false })),
    imageVersion: manifest[12] === 1 ? 1 : 0,
    manifestDigest,
    describedDigest: tree === source.tree ? manifestDigest : verityDigest(imageBytes(source.tree, {})),
    dir,
    packPath,
    packOffsets,
    notUnpackable,
  };
};
