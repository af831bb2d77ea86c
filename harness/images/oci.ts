// The source `oci:LAYOUT[:TAG|@DIGEST]`: an image in an OCI image layout, with its real contents; `oci:LAYOUT:*` is the family of all its
// tagged images.
//
// Reads:  the layout's JSON files, and every layer once; checks all digests.
// Leaves: nothing.
import { readSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, resolve } from 'node:path';
import { fromBytes } from '../model/bytes.ts';
import { newTreeBuilder } from '../model/columns.ts';
import { UserError } from '../model/errors.ts';
import type { ContentRef, FilePart, FilePlace, OpenPart, SourceImage } from '../model/image.ts';
import { sizeOf } from '../model/image-size.ts';
import { PLAIN_DIRECTORY, type Tree } from '../model/tree.ts';
import { partPieces, partStretches } from '../store/bulk.ts';
import { VerityHasher } from '../store/verity.ts';
import { tableName } from './inode.ts';
import type { LayerContents, LayerReading, ReadLayer } from './layer-node.ts';
import { readLayer } from './layer-tree.ts';
import { flatten } from './layers.ts';
import { type LowerDirectory, withLayer } from './lower-directories.ts';
import type { Reference } from './oci-choice.ts';
import { type OciManifest, readManifest, readTags } from './oci-manifest.ts';
import { type Archive, Spool } from './spool.ts';
import { readTar, type TarSource } from './tar-reader.ts';

const WINDOW_BYTES = 1 << 20;

interface SpooledLayer extends ReadLayer {
  contents(index: number): FilePart;
}

/** Contents in an archive that begins at `start` of a file; those of a lower layer name their file. */
const placed = (
  { file, offset, sizeBytes, segments }: LayerContents,
  own: FilePlace,
  start: number,
): FilePart => ({
  ...(file === undefined ? { file: own, offset: start + offset } : { file, offset }),
  sizeBytes,
  ...(segments === undefined ? {} : { segments }),
});

/** Reads a part of a file through one buffer, because headers lie close together. */
const tarSource = (fd: number, { offset: start, sizeBytes }: Archive, title: string): TarSource => {
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  let from = 0;
  let to = 0;
  return {
    title,
    sizeBytes,
    read(offset, length) {
      const wanted = Math.min(length, sizeBytes - offset);
      if (wanted > WINDOW_BYTES) {
        const whole = Buffer.allocUnsafe(wanted);
        return whole.subarray(0, readSync(fd, whole, 0, wanted, start + offset));
      }
      if (offset < from || offset + wanted > to) {
        from = offset;
        to = offset + readSync(fd, window, 0, Math.min(WINDOW_BYTES, sizeBytes - offset), start + offset);
      }
      return window.subarray(offset - from, Math.min(offset + wanted, to) - from);
    },
  };
};

const readSpooled = (
  archive: Archive,
  fd: number,
  title: string,
  lower: Pick<LayerReading, 'below' | 'contentsBelow' | 'size' | 'addBytes'>,
): SpooledLayer => {
  const { file, offset: start } = archive;
  const layer = readLayer(readTar(tarSource(fd, archive, title)), {
    title,
    ...lower,
    read: (at) => fromBytes(Buffer.concat([...partPieces(placed(at, fd, start))])),
    digest: (at) => {
      const hasher = new VerityHasher();
      for (const stretch of partStretches(placed(at, fd, start)))
        if (typeof stretch === 'number') hasher.updateZeros(stretch);
        else hasher.update(stretch);
      return hasher.digest();
    },
  });
  return {
    tree: layer.tree,
    contents: (index) => placed(layer.contents(index), file, start),
  };
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Separators may occur in path and name: the longest prefix that is a directory is the layout. */
const splitReference = (spec: string): Reference => {
  if (isFolder(spec)) return { layout: spec, name: null };
  for (let end = spec.length - 1; end > 0; end--)
    if (/[:@]/.test(spec[end]!) && isFolder(spec.slice(0, end)))
      return { layout: spec.slice(0, end), name: spec.slice(end + 1) };
  throw new UserError('the OCI layout does not exist', {
    code: 'ENOENT',
    facts: [`path: ${spec}`],
    hint: 'skopeo copy docker://IMAGE oci:LAYOUT:TAG',
  });
};

const emptyTree = (): Tree => {
  const builder = newTreeBuilder();
  builder.add(-1, '', PLAIN_DIRECTORY);
  return builder.finish();
};

const readLayers = async (manifest: OciManifest, spool: Spool): Promise<SpooledLayer[]> => {
  const layers: SpooledLayer[] = [];
  const size = { entries: 0, textBytes: 0 };
  let below: LowerDirectory | undefined;
  const byTree = new Map<Tree, SpooledLayer>();
  const contentsBelow = (tree: Tree, index: number): LayerContents => byTree.get(tree)!.contents(index);
  for (const [i, layer] of manifest.layers.entries()) {
    const read = await spool.add(layer, manifest.diffIds[i], (archive, fd) =>
      readSpooled(archive, fd, layer.digest, {
        below,
        contentsBelow,
        size,
        addBytes: (bytes) => spool.addBytes(layer, bytes),
      }),
    );
    layers.push(read);
    byTree.set(read.tree, read);
    below = withLayer(below, read.tree);
  }
  return layers;
};

const ALL_TAGS = '*';

interface OciOptions {
  /** Folder for decompressed layers; default: the system's temporary folder. */
  readonly spoolDir?: string;
}

const openImage = async (reference: Reference, source: string, options: OciOptions): Promise<SourceImage> => {
  const { layout } = reference;
  const manifest = await readManifest(reference);
  const spool = new Spool(layout, options.spoolDir ?? tmpdir());
  try {
    const layers = await readLayers(manifest, spool);
    // An image without layers is an empty root directory.
    const trees = layers.length === 0 ? [emptyTree()] : layers.map(({ tree }) => tree);
    const flattened = flatten(trees);
    return {
      name: tableName(
        [basename(resolve(layout)), reference.name ?? manifest.tag].filter((part) => part !== null).join(':'),
      ),
      source,
      contents: 'real',
      tree: flattened.tree,
      layers: trees,
      content(tree, index): ContentRef {
        const at = tree === flattened.tree ? flattened.origin(index) : { layer: trees.indexOf(tree), index };
        return { kind: 'file', ...layers[at.layer]!.contents(at.index) };
      },
      close: async () => spool.close(),
    };
  } catch (error) {
    spool.close();
    throw error;
  }
};

/** Each member is read whole: its tag names its layers, which others may have too. */
const partsOf = (layout: string, tags: readonly string[], options: OciOptions): OpenPart => {
  return async (index) => {
    const source = `oci:${layout}:${tags[index]}`;
    const image = await openImage({ layout, name: tags[index]! }, source, options);
    return { ...image, whole: (layers) => flatten(layers).tree };
  };
};

/** `added`: unknown before its layers are read; as much as the first one has. */
const openAllTags = async (layout: string, source: string, options: OciOptions): Promise<SourceImage> => {
  const tags = readTags(layout);
  const open = (index: number): Promise<SourceImage> =>
    openImage({ layout, name: tags[index]! }, `oci:${layout}:${tags[index]}`, options);
  const name = tableName(`${basename(resolve(layout))}-${tags.length}-tags`);
  const first = await open(0);
  return {
    ...first,
    name,
    source,
    family: {
      count: tags.length,
      base: null,
      added: sizeOf(first),
      open,
      part: partsOf(layout, tags, options),
    },
  };
};

export const openOci = async (
  spec: string,
  source: string,
  options: OciOptions = {},
): Promise<SourceImage> => {
  const reference = splitReference(spec);
  return reference.name === ALL_TAGS
    ? openAllTags(reference.layout, source, options)
    : openImage(reference, source, options);
};

/** The members of `oci:LAYOUT:*`. */
export const ociParts = (spec: string, options: OciOptions): OpenPart => {
  const { layout } = splitReference(spec);
  return partsOf(layout, readTags(layout), options);
};
