// The source `dir:PATH`: a real directory tree with its real contents.
//
// Needs:  the right to read every file; root for other owners' files and for trusted.* attributes.
// Reads:  lstat, readlink, llistxattr, lgetxattr of every entry, and every file once for its digest. File systems mounted inside
//         appear as empty directories.
// Source: without hard links the image equals that of `mkcomposefs PATH` byte for byte. mkcomposefs gives each name of a file an
//         inode of its own; here hard links stay one inode.
// Error:  a file whose size or mtime changes during the read is refused.
// Leaves: nothing.
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type ByteString, fromBytes, show } from '../model/bytes.ts';
import { newTreeBuilder } from '../model/columns.ts';
import { UserError } from '../model/errors.ts';
import type { ContentRef, SourceImage } from '../model/image.ts';
import { type Inode, S_IFBLK, S_IFCHR, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, type Tree } from '../model/tree.ts';
import { filePieces } from '../store/bulk.ts';
import { VerityHasher } from '../store/verity.ts';
import { readXattrs } from '../sys/xattrs.ts';
import { isInline, objectOf, pathBuffer, secondsAndNanoseconds, tableName } from './inode.ts';

interface FileContents {
  readonly content: ByteString | null;
  readonly payload: ByteString | null;
  readonly digest: ByteString | null;
}
const NO_CONTENTS: FileContents = { content: null, payload: null, digest: null };

const lstat = (path: Buffer) => lstatSync(path, { bigint: true });
type FileStat = ReturnType<typeof lstat>;

const changed = (path: Buffer): UserError =>
  new UserError('a file changed during the read', {
    code: 'changed',
    facts: [`file: ${show(fromBytes(path))}`],
    hint: 'use a tree without writers, such as a snapshot',
  });

const readContents = (path: Buffer, stat: FileStat): FileContents => {
  if (stat.size === 0n) return NO_CONTENTS;
  const hasher = new VerityHasher();
  let inline = '';
  const isSmall = isInline(Number(stat.mode), stat.size);
  for (const piece of filePieces(path, 0, Number(stat.size))) {
    hasher.update(piece);
    if (isSmall) inline += fromBytes(piece);
  }
  const after = lstat(path);
  if (after.ino !== stat.ino || after.size !== stat.size || after.mtimeNs !== stat.mtimeNs)
    throw changed(path);
  return isSmall ? { ...NO_CONTENTS, content: inline } : { content: null, ...objectOf(hasher.digest()) };
};

const inodeOf = (path: Buffer, stat: FileStat): Omit<Inode, 'nlink'> => {
  const mode = Number(stat.mode);
  const format = mode & S_IFMT;
  const contents =
    format === S_IFREG
      ? readContents(path, stat)
      : format === S_IFLNK
        ? { ...NO_CONTENTS, payload: fromBytes(readlinkSync(path, { encoding: 'buffer' })) }
        : NO_CONTENTS;
  return {
    mode,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    rdev: format === S_IFCHR || format === S_IFBLK ? Number(BigInt.asUintN(32, stat.rdev)) : 0,
    size: format === S_IFDIR ? 0n : stat.size,
    ...secondsAndNanoseconds(stat.mtimeNs),
    ...contents,
    xattrs: readXattrs(path),
  };
};

const sortedNames = (path: Buffer): ByteString[] =>
  readdirSync(path, { encoding: 'buffer' })
    .map((name) => fromBytes(name))
    .sort();

/** Runs a call on one entry and turns its errno into a UserError. */
const callOn = <T>(path: Buffer, call: () => T): T => {
  try {
    return call();
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    if (error instanceof UserError || errno === undefined) throw error;
    if (code === 'ENOENT') throw changed(path);
    throw new UserError('cannot read an entry of the directory', {
      code: code ?? 'error',
      facts: [`entry: ${show(fromBytes(path))}`, code ?? String(errno)],
      ...(code === 'EACCES' || code === 'EPERM' ? { hint: 'run cfsbench as root' } : {}),
    });
  }
};

interface FoundEntry {
  readonly parent: number;
  readonly name: ByteString;
  readonly path: Buffer;
  readonly stat: FileStat;
}

/** All entries, parents first; an entry's position is its index in the tree. */
const findAll = (root: Buffer): FoundEntry[] => {
  const rootStat = callOn(root, () => lstat(root));
  const all: FoundEntry[] = [{ parent: -1, name: '', path: root, stat: rootStat }];
  for (let parent = 0; parent < all.length; parent++) {
    const { path: directory, stat } = all[parent]!;
    if (!stat.isDirectory() || stat.dev !== rootStat.dev) continue;
    for (const name of callOn(directory, () => sortedNames(directory))) {
      const path = pathBuffer(directory, name);
      all.push({ parent, name, path, stat: callOn(path, () => lstat(path)) });
    }
  }
  return all;
};

const inodeKey = ({ stat }: FoundEntry): string => `${stat.dev} ${stat.ino}`;

/** Counts each inode's names inside the tree; links from outside do not belong to the image. */
const countLinks = (all: readonly FoundEntry[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const found of all) {
    if (found.stat.isDirectory() || found.stat.nlink === 1n) continue;
    const key = inodeKey(found);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
};

const build = (all: readonly FoundEntry[]): Tree => {
  const builder = newTreeBuilder();
  const links = countLinks(all);
  const firstPaths = new Map<string, ByteString>();
  const insidePath = (found: FoundEntry): ByteString =>
    found.parent < 0 ? '' : `${insidePath(all[found.parent]!)}/${found.name}`;
  for (const found of all) {
    const { parent, name, path, stat } = found;
    const nlink = links.get(inodeKey(found)) ?? (stat.isDirectory() ? Number(stat.nlink) : 1);
    const first = nlink > 1 && !stat.isDirectory() ? firstPaths.get(inodeKey(found)) : undefined;
    if (first !== undefined) {
      builder.addLink(parent, name, first);
      continue;
    }
    builder.add(parent, name, { ...callOn(path, () => inodeOf(path, stat)), nlink });
    if (nlink > 1 && !stat.isDirectory()) firstPaths.set(inodeKey(found), insidePath(found));
  }
  return builder.finish();
};

const checkReadable = (path: string): void => {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw new UserError('cannot read the directory', { code, facts: [`path: ${path}`, code] });
  }
  const isDirectory = fstatSync(fd).isDirectory();
  closeSync(fd);
  if (!isDirectory)
    throw new UserError('not a directory', {
      code: 'ENOTDIR',
      facts: [`path: ${path}`],
      hint: `dump:${path}, if it is a composefs dump`,
    });
};

export const openDir = async (path: string, source: string): Promise<SourceImage> => {
  checkReadable(path);
  const root = resolve(path);
  const found = findAll(Buffer.from(root));
  const tree = build(found);
  return {
    name: tableName(Buffer.from(basename(root)).toString('latin1')),
    source,
    contents: 'real',
    tree,
    layers: [tree],
    content(_tree, index): ContentRef {
      return { kind: 'file', path: found[index]!.path, offset: 0, sizeBytes: Number(tree.entry(index).size) };
    },
    async close() {},
  };
};
