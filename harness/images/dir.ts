// The source `dir:PATH`: a real directory tree with its real contents.
//
// Needs:  the right to read every file; root for other owners' files and for trusted.* attributes.
// Reads:  lstat, readlink, llistxattr, lgetxattr of every entry, and every file once for its digest. File systems mounted inside
//         appear as empty directories.
// Source: without hard links the image equals that of `mkcomposefs PATH` byte for byte. mkcomposefs gives each name of a file an
//         inode of its own; here hard links stay one inode.
// Error:  an entry that changes during the read is refused. Names are looked up below the descriptor of their directory, so that a
//         directory replaced by a link leads nowhere else.
// Leaves: nothing.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { explaining } from '../../results/system-error.ts';
import { type ByteString, fromBytes, show, toBytes } from '../model/bytes.ts';
import { newTreeBuilder } from '../model/columns.ts';
import { SysError, UserError } from '../model/errors.ts';
import type { ContentRef, SourceImage } from '../model/image.ts';
import { type Inode, S_IFBLK, S_IFCHR, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, type Tree } from '../model/tree.ts';
import { filePieces } from '../store/bulk.ts';
import { VerityHasher } from '../store/verity.ts';
import { dataParts } from '../sys/sparse.ts';
import { readXattrs } from '../sys/xattrs.ts';
import { isInline, isSame, objectOf, pathBuffer, secondsAndNanoseconds, tableName } from './inode.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** Errors of a name that was there a moment ago, and was something else. */
const GONE = ['EINVAL', 'EISDIR', 'ELOOP', 'ENOENT', 'ENOTDIR', 'ENXIO', 'ESTALE'];
/** Entries between two looks at signals. */
const YIELD_EVERY = 500;

interface FileContents {
  readonly content: ByteString | null;
  readonly payload: ByteString | null;
  readonly digest: ByteString | null;
}
const NO_CONTENTS: FileContents = { content: null, payload: null, digest: null };

const lstat = (path: Buffer) => lstatSync(path, { bigint: true });
type FileStat = ReturnType<typeof lstat>;

/** Where an entry is. */
interface EntryPath {
  /** For messages. */
  readonly path: Buffer;
  /** For system calls: below the descriptor of the directory. */
  readonly at: Buffer;
}

const changed = (path: Buffer): UserError =>
  new UserError('an entry changed during the read', {
    code: 'changed',
    facts: [`entry: ${show(fromBytes(path))}`],
    hint: 'use a tree without writers, such as a snapshot',
  });

/** Runs calls on one entry and turns an errno into a UserError. */
const callOn = <T>(path: Buffer, call: () => T): T => {
  try {
    return call();
  } catch (error) {
    const isSystemError = error instanceof SysError || (error as NodeJS.ErrnoException).errno !== undefined;
    if (!isSystemError) throw error;
    const { code = 'error' } = error as NodeJS.ErrnoException;
    if (GONE.includes(code)) throw changed(path);
    throw new UserError('cannot read an entry of the directory', {
      code,
      facts: [`entry: ${show(fromBytes(path))}`, code],
      ...(code === 'EACCES' || code === 'EPERM' ? { hint: 'run cfsbench as root' } : {}),
    });
  }
};

/** A descriptor of exactly the inode that `stat` describes. */
const openSame = ({ path, at }: EntryPath, stat: Pick<FileStat, 'dev' | 'ino'>, flags: number): number => {
  const fd = openSync(at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | flags);
  const { dev, ino } = fstatSync(fd, { bigint: true });
  if (dev === stat.dev && ino === stat.ino) return fd;
  closeSync(fd);
  throw changed(path);
};

/** Holes are not read: a file may be larger than any disk. */
const digestOf = (fd: number, sizeBytes: number, name: string): string => {
  const hasher = new VerityHasher();
  let at = 0;
  for (const { from, to } of dataParts(fd, sizeBytes)) {
    hasher.updateZeros(from - at);
    for (const piece of filePieces(fd, from, to - from, name)) hasher.update(piece);
    at = to;
  }
  return hasher.updateZeros(sizeBytes - at).digest();
};

const inlineOf = (fd: number, sizeBytes: number, name: string): ByteString =>
  [...filePieces(fd, 0, sizeBytes, name)].map(fromBytes).join('');

const readContents = (entry: EntryPath, stat: FileStat): FileContents => {
  if (stat.size === 0n) return NO_CONTENTS;
  const [sizeBytes, name] = [Number(stat.size), show(fromBytes(entry.path))];
  const fd = openSame(entry, stat, 0);
  try {
    return isInline(Number(stat.mode), stat.size)
      ? { ...NO_CONTENTS, content: inlineOf(fd, sizeBytes, name) }
      : { content: null, ...objectOf(digestOf(fd, sizeBytes, name)) };
  } finally {
    closeSync(fd);
  }
};

const contentsOf = (entry: EntryPath, stat: FileStat): FileContents => {
  const format = Number(stat.mode) & S_IFMT;
  if (format === S_IFREG) return readContents(entry, stat);
  if (format !== S_IFLNK) return NO_CONTENTS;
  return { ...NO_CONTENTS, payload: fromBytes(readlinkSync(entry.at, { encoding: 'buffer' })) };
};

const inodeOf = (entry: EntryPath, stat: FileStat): Inode => {
  const mode = Number(stat.mode);
  const format = mode & S_IFMT;
  const inode = {
    mode,
    nlink: format === S_IFDIR ? Number(stat.nlink) : 1,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    rdev: format === S_IFCHR || format === S_IFBLK ? Number(BigInt.asUintN(32, stat.rdev)) : 0,
    size: format === S_IFDIR ? 0n : stat.size,
    ...secondsAndNanoseconds(stat.mtimeNs),
    ...contentsOf(entry, stat),
    xattrs: readXattrs(entry.at),
  };
  if (!isSame(stat, lstat(entry.at))) throw changed(entry.path);
  return inode;
};

const sortedNames = (path: Buffer): ByteString[] =>
  readdirSync(path, { encoding: 'buffer' })
    .map((name) => fromBytes(name))
    .sort();

interface FoundDirectory {
  readonly index: number;
  readonly path: Buffer;
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Reads a tree breadth first. */
class DirectoryReader {
  readonly #builder = newTreeBuilder();
  readonly #root: FoundDirectory;
  /** By device and inode: first entry, and number of names inside the tree. Links from outside do not belong to the image. */
  readonly #linked = new Map<string, { readonly index: number; names: number }>();
  #count = 0;

  constructor(path: Buffer) {
    this.#root = callOn(path, () => {
      const stat = lstat(path);
      const index = this.#builder.add(-1, '', inodeOf({ path, at: path }, stat));
      return { index, path, dev: stat.dev, ino: stat.ino };
    });
  }

  async read(): Promise<Tree> {
    for (let level = [this.#root]; level.length > 0; ) {
      const below: FoundDirectory[] = [];
      for (const directory of level) await this.#enter(directory, below);
      level = below;
    }
    for (const { index, names } of this.#linked.values()) this.#builder.setNlink(index, names);
    return this.#builder.finish();
  }

  async #enter(directory: FoundDirectory, below: FoundDirectory[]): Promise<void> {
    const { path } = directory;
    const fd = callOn(path, () => openSame({ path, at: path }, directory, O_DIRECTORY));
    const at = Buffer.from(`/proc/self/fd/${fd}`);
    try {
      for (const name of callOn(path, () => sortedNames(at))) {
        const entry = { path: pathBuffer(path, name), at: pathBuffer(at, name) };
        const found = this.#add(directory.index, name, entry);
        if (found !== null) below.push(found);
        if (++this.#count % YIELD_EVERY === 0) await setImmediate();
      }
    } finally {
      closeSync(fd);
    }
  }

  /** A directory to enter, or null. */
  #add(parent: number, name: ByteString, entry: EntryPath): FoundDirectory | null {
    return callOn(entry.path, () => {
      const stat = lstat(entry.at);
      const isDirectory = stat.isDirectory();
      const key = isDirectory || stat.nlink === 1n ? null : `${stat.dev} ${stat.ino}`;
      const linked = key === null ? undefined : this.#linked.get(key);
      if (linked !== undefined) {
        linked.names++;
        this.#builder.addLink(parent, name, linked.index);
        return null;
      }
      const index = this.#builder.add(parent, name, inodeOf(entry, stat));
      if (key !== null) this.#linked.set(key, { index, names: 1 });
      const { dev, ino } = stat;
      return isDirectory && dev === this.#root.dev ? { index, path: entry.path, dev, ino } : null;
    });
  }
}

const checkReadable = (path: string): void => {
  const isDirectory = explaining({ doing: 'read', path }, () => statSync(path).isDirectory());
  if (!isDirectory)
    throw new UserError('not a directory', {
      code: 'ENOTDIR',
      facts: [`path: ${path}`],
      hint: `dump:${path}, if it is a composefs dump`,
    });
  explaining({ doing: 'list', path }, () => closeSync(openSync(path, O_RDONLY | O_DIRECTORY)));
};

/** Adds the directory to errors that name no entry. */
const naming = (path: string, error: unknown): unknown =>
  error instanceof UserError && error.code === 'limit'
    ? new UserError(error.message, {
        code: error.code,
        facts: [`directory: ${path}`, ...error.facts],
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      })
    : error;

export const openDir = async (path: string, source: string): Promise<SourceImage> => {
  checkReadable(path);
  const root = realpathSync.native(path, { encoding: 'buffer' });
  const tree = await new DirectoryReader(root).read().catch((error: unknown) => {
    throw naming(path, error);
  });
  return {
    name: tableName(Buffer.from(basename(resolve(path))).toString('latin1')),
    source,
    contents: 'real',
    tree,
    layers: [tree],
    content(_tree, index): ContentRef {
      const { link, size } = tree.entry(index);
      const file = Buffer.concat([root, toBytes(tree.path(link ?? index))]);
      return { kind: 'file', file, offset: 0, sizeBytes: Number(size) };
    },
    async close() {},
  };
};
