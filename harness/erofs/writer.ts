// Writes the composefs image of a tree, byte for byte as mkcomposefs does. Pure.
//
// Shape:  header, superblock, inodes with their attributes and tails, shared attributes, data blocks.
// Memory: the tree, about twenty bytes per entry, and one piece of about a megabyte.
// Source: EROFS on-disk format (Documentation/filesystems/erofs.rst, erofs_fs.h); composefs image versions 0 and 1.

import type { ColumnTree } from '../model/column-tree.ts';
import { inColumns } from '../model/columns.ts';
import { UserError } from '../model/errors.ts';
import type { Tree } from '../model/tree.ts';
import { BLOCK_BYTES, SLOT_BYTES } from './format.ts';
import { hasWhiteout, Inodes } from './inodes.ts';
import { type ImageLayout, layOutImage } from './layout.ts';
import { Output } from './output.ts';
import { SharedTable } from './shared-table.ts';
import { DataWriter } from './write-data.ts';
import { writeHeader, writeInode } from './write-inode.ts';
import { XattrBlocks } from './xattr-block.ts';

interface WriteOptions {
  /** Default: chosen between `min` and `max`. */
  readonly imageVersion?: 0 | 1;
  /** As in mkcomposefs: 0 and 1 if both are missing; a single missing one is 0. */
  readonly min?: number;
  readonly max?: number;
  /** Whether whiteouts in the root hide the folders of the object store; default true. Only a mount with the store below needs them. */
  readonly hidesStore?: boolean;
}

const PIECE_BYTES = 1 << 20;
/** Room for one inode or data block after a full piece. */
const SLACK_BYTES = 1 << 16;

const checked = (name: string, version: number): 0 | 1 => {
  if (version === 0 || version === 1) return version;
  throw new UserError(`unknown image version ${version}`, {
    code: 'usage',
    facts: [`${name}: ${version}`],
    hint: 'use 0 or 1',
  });
};

const chooseVersion = (tree: ColumnTree, { imageVersion, min, max }: WriteOptions): 0 | 1 => {
  if (imageVersion !== undefined) return checked('image version', imageVersion);
  const neither = min === undefined && max === undefined;
  const low = checked('min', min ?? 0);
  const high = checked('max', max ?? (neither ? 1 : 0));
  return low === 0 && high === 1 && hasWhiteout(tree) ? 1 : low;
};

/** The version that mkcomposefs would choose: 1 for a tree with whiteouts, else 0, unless `options` say otherwise. */
export const versionOf = (tree: Tree, options: WriteOptions = {}): 0 | 1 =>
  chooseVersion(inColumns(tree), options);

interface ImagePlan {
  readonly inodes: Inodes;
  readonly shared: SharedTable;
  readonly xattrs: XattrBlocks;
  readonly layout: ImageLayout;
  readonly version: 0 | 1;
}

const planImage = (tree: Tree, options: WriteOptions): ImagePlan => {
  const columns = inColumns(tree);
  const version = chooseVersion(columns, options);
  const inodes = new Inodes(columns, version, options.hidesStore ?? true);
  const shared = new SharedTable(inodes);
  const xattrs = new XattrBlocks(inodes, shared);
  return { inodes, shared, xattrs, layout: layOutImage(inodes, xattrs, shared), version };
};

function* emit({ inodes, xattrs, layout, version }: ImagePlan, pieceBytes: number): Generator<Buffer> {
  const output = new Output(pieceBytes + SLACK_BYTES);
  const data = new DataWriter(inodes, layout, output);
  writeHeader(inodes, layout, version, output);
  let block = layout.dataStart / BLOCK_BYTES;
  let number = 0;
  // A separate function, because V8 optimises generator bodies less.
  const writeNext = (id: number): void => {
    const blocks = layout.blocks[id]!;
    output.zerosTo(layout.nid[id]! * SLOT_BYTES);
    const xattrBytes = xattrs.bytes(id);
    writeInode(
      inodes,
      layout,
      { id, number: number++, firstBlock: blocks > 0 ? block : 0, xattrBytes },
      output,
    );
    xattrs.write(id, layout.metaEnd, output);
    data.tail(id);
    block += blocks;
  };
  for (const id of inodes.order) {
    writeNext(id);
    if (output.at >= pieceBytes) yield output.take();
  }
  output.zerosTo(layout.metaEnd);
  xattrs.writeTable(output);
  output.zerosTo(layout.dataStart);
  for (const id of inodes.order) {
    data.blocks(id);
    if (output.at >= pieceBytes) yield output.take();
  }
  if (output.at > 0) yield output.take();
}

/** Pieces of the image in order. Pieces share memory: each is valid until the next one is requested. */
export const writeImage = (tree: Tree, options: WriteOptions = {}): Iterable<Buffer> =>
  emit(planImage(tree, options), PIECE_BYTES);

export const imageBytes = (tree: Tree, options: WriteOptions = {}): Buffer => {
  const plan = planImage(tree, options);
  const [image] = emit(plan, plan.layout.imageBytes);
  return image!;
};
