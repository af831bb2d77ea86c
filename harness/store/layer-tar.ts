// A layer as an uncompressed local tar in overlayfs's own form, which GNU tar unpacks into a lower directory without changes.
//
// Order: depth first, names in byte order, so that tar never returns to a directory whose mtime it has already set. The first name
// of an inode is a full member, later names are hard links.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type ByteString, show, toBytes } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { Layer } from '../model/image.ts';
import { deviceParts, isDevice } from '../model/inode-type.ts';
import { hasOpaqueMark, OPAQUE_KEY } from '../model/overlay-xattrs.ts';
import {
  type Entry,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  type Tree,
  type Xattr,
} from '../model/tree.ts';
import { BulkWriter, filePieces } from './bulk.ts';
import { sharedInodes } from './links.ts';
import { memberHeader, padding, TAR_END, type TarMember } from './tar-header.ts';

interface LayerTarOptions {
  readonly objectDir: string;
  /** Writes opaque marks as `user.overlay.opaque`, which overlayfs reads inside a user namespace. */
  readonly rootless: boolean;
}

const TYPES: ReadonlyMap<number, TarMember['type']> = new Map([
  [S_IFREG, '0'],
  [S_IFLNK, '2'],
  [S_IFCHR, '3'],
  [S_IFBLK, '4'],
  [S_IFDIR, '5'],
  [S_IFIFO, '6'],
]);

const withNamespacedMarks = (xattrs: readonly Xattr[], rootless: boolean): readonly Xattr[] =>
  rootless
    ? xattrs.map(([key, value]): Xattr => [key === OPAQUE_KEY ? 'user.overlay.opaque' : key, value])
    : xattrs;

export const member = (
  entry: Entry,
  path: ByteString,
  options: Pick<LayerTarOptions, 'rootless'>,
): TarMember => {
  const format = entry.mode & S_IFMT;
  const type = TYPES.get(format);
  if (type === undefined)
    throw new UserError('a tar cannot hold a socket', { code: 'skip', facts: [`entry: ${show(path)}`] });
  return {
    path,
    type,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    sizeBytes: format === S_IFREG ? Number(entry.size) : 0,
    mtimeSec: entry.mtimeSec,
    mtimeNsec: entry.mtimeNsec,
    link: format === S_IFLNK ? (entry.payload ?? '') : '',
    ...deviceParts(isDevice(entry) ? entry.rdev : 0),
    xattrs: withNamespacedMarks(entry.xattrs, options.rootless),
  };
};

export const hardLink = (full: TarMember, first: ByteString): TarMember => ({
  ...full,
  type: '1',
  link: first,
  sizeBytes: 0,
  major: 0,
  minor: 0,
  xattrs: [],
});

function* contents(entry: Entry, objectDir: string): Generator<Uint8Array> {
  if (entry.content !== null) yield toBytes(entry.content);
  else if (entry.size > 0n) yield* filePieces(join(objectDir, entry.payload!), 0, Number(entry.size));
}

/** All entries with their paths, in the order of the tar; the root's path is `./`. */
export function* inOrder(tree: Tree): Generator<readonly [Entry, ByteString]> {
  const stack: (readonly [number, ByteString])[] = [[0, '']];
  while (stack.length > 0) {
    const [index, prefix] = stack.pop()!;
    const entry = tree.entry(index);
    const path = prefix + entry.name;
    yield [entry, index === 0 ? './' : path];
    const below = index === 0 ? '' : `${path}/`;
    const children = tree.children(index);
    for (let i = children.length - 1; i >= 0; i--) stack.push([children[i]!, below]);
  }
}

interface PlacedMember {
  readonly entry: Entry;
  readonly header: Buffer;
  /** Offset of the contents in the tar. */
  readonly at: number;
  /** Zero for all but the first name of a file. */
  readonly bytes: number;
}

/** The members of a layer's tar in order, without their contents. */
function* placedMembers(tree: Tree, options: Pick<LayerTarOptions, 'rootless'>): Generator<PlacedMember> {
  const shared = sharedInodes(tree);
  const firstNames = new Map<number, ByteString>();
  let at = 0;
  for (const [entry, path] of inOrder(tree)) {
    const inode = entry.link ?? entry.index;
    const first = firstNames.get(inode);
    const full = member(entry, path, options);
    const header = memberHeader(first === undefined ? full : hardLink(full, first));
    if (first === undefined && shared.has(inode)) firstNames.set(inode, path);
    const bytes = first === undefined ? full.sizeBytes : 0;
    at += header.length;
    yield { entry, header, at, bytes };
    at += bytes + padding(bytes).length;
  }
}

/** Offset of each file's contents in the tar of the layer, by the index of the entry that carries the inode. */
export const contentOffsets = (
  tree: Tree,
  options: Pick<LayerTarOptions, 'rootless'>,
): ReadonlyMap<number, number> => {
  const offsets = new Map<number, number>();
  for (const { entry, at, bytes } of placedMembers(tree, options))
    if (bytes > 0) offsets.set(entry.link ?? entry.index, at);
  return offsets;
};

const writeMembers = (tree: Tree, options: LayerTarOptions, out: BulkWriter): void => {
  for (const { entry, header, bytes } of placedMembers(tree, options)) {
    out.write(header);
    if (bytes === 0) continue;
    for (const piece of contents(entry, options.objectDir)) out.write(piece);
    out.write(padding(bytes));
  }
};

/** Writes the tar of a layer. `objectDir` must hold the contents of all its files. */
export const writeLayerTar = (path: string, tree: Tree, options: LayerTarOptions): Layer => {
  const hash = createHash('sha256');
  const out = new BulkWriter(path, (bytes) => hash.update(bytes));
  let tarBytes: number;
  try {
    writeMembers(tree, options, out);
    out.write(TAR_END);
    tarBytes = out.bytesSoFar;
  } finally {
    out.close();
  }
  const hidesBelow = hasOpaqueMark(tree.entry(0).xattrs);
  return { id: hash.digest('hex'), tarPath: path, tarBytes, hidesBelow, tree };
};
