// The composefs image of a tree, byte for byte what mkcomposefs writes. Pure.
//
// Shape:  header, superblock, inodes with their attributes and tails, shared attributes, data blocks.
// Memory: the image leaves in pieces of about a megabyte; besides the tree, some twenty bytes per entry are held.
// Source: EROFS on-disk format (Documentation/filesystems/erofs.rst, erofs_fs.h); composefs image versions 0 and 1.

import type { ColumnTree } from '../model/column-tree.ts';
import { inColumns } from '../model/columns.ts';
import { UserError } from '../model/errors.ts';
import type { Tree } from '../model/tree.ts';
import { BLOCK_BYTES, SLOT_BYTES } from './format.ts';
import { hasWhiteout, Inodes } from './inodes.ts';
import { Output } from './output.ts';
import { type Placement, place } from './place.ts';
import { SharedTable } from './shared-table.ts';
import { DataWriter } from './write-data.ts';
import { writeHeader, writeInode } from './write-inode.ts';
import { XattrBlocks } from './xattr-block.ts';

export interface WriteOptions {
  /** Without it, the choice is among `min` and `max`. */
  readonly imageVersion?: 0 | 1;
  /** As mkcomposefs takes them; 0 and 1 when both are missing, the other one 0 when one is. */
  readonly min?: number;
  readonly max?: number;
  /** Whether the root hides the folders of the object store, which only a mount with the store below it has; yes. */
  readonly hidesStore?: boolean;
}

const PIECE_BYTES = 1 << 20;
/** What one inode or data block may need beyond a full piece before the buffer must grow. */
const SLACK_BYTES = 1 << 16;

const checked = (name: string, version: number): 0 | 1 => {
  if (version === 0 || version === 1) return version;
  throw new UserError(`there is no image version ${version}`, {
    code: 'usage',
    facts: [`${name}: ${version}`],
    hint: 'versions are 0 and 1',
  });
};

const chooseVersion = (tree: ColumnTree, { imageVersion, min, max }: WriteOptions): 0 | 1 => {
  if (imageVersion !== undefined) return checked('image version', imageVersion);
  const neither = min === undefined && max === undefined;
  const low = checked('min', min ?? 0);
  const high = checked('max', max ?? (neither ? 1 : 0));
  return low === 0 && high === 1 && hasWhiteout(tree) ? 1 : low;
};

/** Without a version asked for: 1 for a tree with whiteouts, else 0, as mkcomposefs chooses. */
export const versionOf = (tree: Tree, options: WriteOptions = {}): 0 | 1 =>
  chooseVersion(inColumns(tree), options);

interface Plan {
  readonly inodes: Inodes;
  readonly shared: SharedTable;
  readonly xattrs: XattrBlocks;
  readonly placement: Placement;
  readonly version: 0 | 1;
}

const planImage = (tree: Tree, options: WriteOptions): Plan => {
  const columns = inColumns(tree);
  const version = chooseVersion(columns, options);
  const inodes = new Inodes(columns, version, options.hidesStore ?? true);
  const shared = new SharedTable(inodes);
  const xattrs = new XattrBlocks(inodes, shared);
  return { inodes, shared, xattrs, placement: place(inodes, xattrs, shared), version };
};

function* emit({ inodes, xattrs, placement, version }: Plan, pieceBytes: number): Generator<Buffer> {
  const output = new Output(pieceBytes + SLACK_BYTES);
  const data = new DataWriter(inodes, placement, output);
  writeHeader(inodes, placement, version, output);
  let block = placement.dataStart / BLOCK_BYTES;
  let number = 0;
  // A function of its own: the engine does not optimise the body of a generator as well.
  const writeNext = (id: number): void => {
    const blocks = placement.blocks[id]!;
    output.zerosTo(placement.nid[id]! * SLOT_BYTES);
    const xattrBytes = xattrs.bytes(id);
    writeInode(
      inodes,
      placement,
      { id, number: number++, firstBlock: blocks > 0 ? block : 0, xattrBytes },
      output,
    );
    xattrs.write(id, placement.metaEnd, output);
    data.tail(id);
    block += blocks;
  };
  for (const id of inodes.order) {
    writeNext(id);
    if (output.at >= pieceBytes) yield output.take();
  }
  output.zerosTo(placement.metaEnd);
  xattrs.writeTable(output);
  output.zerosTo(placement.dataStart);
  for (const id of inodes.order) {
    data.blocks(id);
    if (output.at >= pieceBytes) yield output.take();
  }
  if (output.at > 0) yield output.take();
}

/** Pieces of the image, in order. A piece is valid until the next one is asked for: they share their memory. */
export const writeImage = (tree: Tree, options: WriteOptions = {}): Iterable<Buffer> =>
  emit(planImage(tree, options), PIECE_BYTES);

export const imageBytes = (tree: Tree, options: WriteOptions = {}): Buffer => {
  const plan = planImage(tree, options);
  const [image] = emit(plan, plan.placement.imageBytes);
  return image!;
};
