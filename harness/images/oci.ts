// The source `oci:LAYOUT[:TAG]`: an image in an OCI image layout, with its real contents.
//
// Reads:  the layout's JSON files, and every layer once; checks all digests.
// Leaves: a spool folder with the decompressed layers, until `close`.
import { closeSync, mkdtempSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { openRegular } from '../../results/files.ts';
import { type ByteString, fromBytes } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { ContentRef, SourceImage } from '../model/image.ts';
import { isDirectory } from '../model/inode-type.ts';
import { withoutOpaqueMark } from '../model/overlay-xattrs.ts';
import { type Inode, PLAIN_DIRECTORY, type Tree } from '../model/tree.ts';
import { filePieces } from '../store/bulk.ts';
import { VerityHasher } from '../store/verity.ts';
import { tableName } from './inode.ts';
import type { ReadLayer } from './layer-node.ts';
import { readLayer } from './layer-tree.ts';
import { flatten } from './layers.ts';
import { type OciManifest, readManifest } from './oci-manifest.ts';
import { spoolLayer } from './spool.ts';
import { readTar, type TarSource } from './tar-reader.ts';

const WINDOW_BYTES = 1 << 20;

interface SpooledLayer extends ReadLayer {
  readonly path: string;
}

/** Reads through one buffer, because headers lie close together. */
const openArchive = (path: string, title: string): TarSource & { close(): void } => {
  const { fd, sizeBytes } = openRegular(path);
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  let from = 0;
  let to = 0;
  return {
    title,
    sizeBytes,
    read(offset, length) {
      if (length > WINDOW_BYTES) {
        const whole = Buffer.allocUnsafe(length);
        return whole.subarray(0, readSync(fd, whole, 0, length, offset));
      }
      if (offset < from || offset + length > to) {
        from = offset;
        to = offset + readSync(fd, window, 0, WINDOW_BYTES, offset);
      }
      return window.subarray(offset - from, Math.min(offset + length, to) - from);
    },
    close: () => closeSync(fd),
  };
};

/** A directory's attributes from the topmost layer below that has it; else a plain directory. */
const impliedDirectory = (below: readonly Tree[], path: ByteString): Inode => {
  for (let i = below.length - 1; i >= 0; i--) {
    const index = below[i]!.find(path);
    if (index === undefined) continue;
    const entry = below[i]!.entry(index);
    return isDirectory(entry) ? { ...entry, xattrs: withoutOpaqueMark(entry.xattrs) } : PLAIN_DIRECTORY;
  }
  return PLAIN_DIRECTORY;
};

const readSpooled = (path: string, title: string, below: readonly Tree[]): SpooledLayer => {
  const archive = openArchive(path, title);
  try {
    const layer = readLayer(readTar(archive), {
      title,
      read: (offset, sizeBytes) => fromBytes(Buffer.concat([...filePieces(path, offset, sizeBytes)])),
      digest: (offset, sizeBytes) => {
        const hasher = new VerityHasher();
        for (const piece of filePieces(path, offset, sizeBytes)) hasher.update(piece);
        return hasher.digest();
      },
      implied: (directory) => impliedDirectory(below, directory),
    });
    return { path, tree: layer.tree, contents: layer.contents };
  } finally {
    archive.close();
  }
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Colons may occur in path and tag: the longest prefix that is a directory is the layout. */
const splitTag = (spec: string): { layout: string; tag: string | null } => {
  if (isFolder(spec)) return { layout: spec, tag: null };
  for (let colon = spec.lastIndexOf(':'); colon > 0; colon = spec.lastIndexOf(':', colon - 1))
    if (isFolder(spec.slice(0, colon))) return { layout: spec.slice(0, colon), tag: spec.slice(colon + 1) };
  throw new UserError('the OCI layout does not exist', {
    code: 'ENOENT',
    facts: [`path: ${spec}`],
    hint: 'skopeo copy docker://IMAGE oci:LAYOUT:TAG',
  });
};

const readLayers = async (layout: string, manifest: OciManifest, spool: string): Promise<SpooledLayer[]> => {
  const layers: SpooledLayer[] = [];
  for (const [i, layer] of manifest.layers.entries()) {
    const path = await spoolLayer({
      layout,
      layer,
      diffId: manifest.diffIds[i],
      path: join(spool, `layer-${i}.tar`),
    });
    layers.push(
      readSpooled(
        path,
        layer.digest,
        layers.map(({ tree }) => tree),
      ),
    );
  }
  return layers;
};

interface OciOptions {
  /** Folder for decompressed layers; default: the system's temporary folder. */
  readonly spoolDir?: string;
}

export const openOci = async (
  spec: string,
  source: string,
  options: OciOptions = {},
): Promise<SourceImage> => {
  const { layout, tag } = splitTag(spec);
  const manifest = await readManifest(layout, tag);
  const spool = mkdtempSync(join(options.spoolDir ?? tmpdir(), 'cfsbench-oci-'));
  const close = async (): Promise<void> => rmSync(spool, { recursive: true, force: true });
  let layers: SpooledLayer[];
  try {
    layers = await readLayers(layout, manifest, spool);
  } catch (error) {
    await close();
    throw error;
  }
  const trees = layers.map(({ tree }) => tree);
  const flattened = flatten(trees);
  return {
    name: tableName(
      [basename(resolve(layout)), tag ?? manifest.tag].filter((part) => part !== null).join(':'),
    ),
    source,
    contents: 'real',
    tree: flattened.tree,
    layers: trees,
    content(tree, index): ContentRef {
      const at = tree === flattened.tree ? flattened.origin(index) : { layer: trees.indexOf(tree), index };
      const layer = layers[at.layer]!;
      const { offset, sizeBytes } = layer.contents(at.index);
      return { kind: 'file', path: Buffer.from(layer.path), offset, sizeBytes };
    },
    close,
  };
};
