// Prints everything visible of a mounted tree, one JSON line per name, optionally as another user. Runs as a child process,
// because a call into a hung mount blocks forever.
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  type Dirent,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { type ByteString, fromBytes, toBytes } from '../../harness/model/bytes.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../harness/model/tree.ts';
import { bind, check, errnoName, lastErrno } from '../../harness/sys/libc.ts';
import { listXattrs } from '../../harness/sys/xattrs.ts';

type CGetxattr = (path: Uint8Array, key: Uint8Array, into: Uint8Array, size: number) => number;
const lgetxattr: CGetxattr = bind('lgetxattr', 'const void *', 'const void *', 'void *', 'size_t');

// Attributes that no file has; their errnos are compared too.
const ABSENT = [
  'user.none',
  'user.',
  'trusted.none',
  'trusted.overlay.none',
  'trusted.overlay.',
  'trusted.overlay.opaque',
  'trusted.overlay.metacopy',
  'trusted.overlay.redirect',
  'security.selinux',
  'security.none',
  'system.posix_acl_access',
  'system.posix_acl_default',
  'system.none',
  'lustre.none',
  'none',
];
const value = Buffer.alloc(65536);

const xattr = (path: Uint8Array, key: ByteString): string => {
  const length = lgetxattr(Buffer.concat([path, Buffer.alloc(1)]), toBytes(`${key}\0`), value, value.length);
  return length < 0 ? errnoName(lastErrno()) : `=${value.toString('latin1', 0, length)}`;
};

const orErrno = (work: () => string): string => {
  try {
    return work();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
};

const contents = (path: Buffer): string => {
  const fd = openSync(path, constants.O_RDONLY);
  try {
    const hash = createHash('sha256');
    const piece = Buffer.alloc(1 << 17);
    for (let got = 1; got > 0; ) {
      got = readSync(fd, piece, 0, piece.length, null);
      hash.update(piece.subarray(0, got));
    }
    return hash.digest('hex');
  } finally {
    closeSync(fd);
  }
};

const typeOf = (entry: Dirent<Buffer>): string =>
  (
    [
      'isFile',
      'isDirectory',
      'isSymbolicLink',
      'isFIFO',
      'isSocket',
      'isCharacterDevice',
      'isBlockDevice',
    ] as const
  ).find((is) => entry[is]()) ?? 'unknown';

/** Of the file system. */
const inodesOf = (root: Buffer): string => {
  const { files, ffree } = statfsSync(root, { bigint: true });
  return `${ffree} of ${files} free`;
};

const printTree = (root: Buffer, path: ByteString, say: (line: string) => void): void => {
  const bytes = Buffer.concat([root, toBytes(path)]);
  let mode = 0;
  const stat = orErrno(() => {
    const { dev: _, ...seen } = lstatSync(bytes, { bigint: true });
    mode = Number(seen.mode);
    return JSON.stringify(
      Object.entries(seen).filter(([key]) => !(key.endsWith('Ms') || /time$/.test(key))),
      (_key, item) => (typeof item === 'bigint' ? `${item}` : item),
    );
  });
  const keys = mode === 0 ? [] : listXattrs(bytes);
  const of = { stat, xattrs: keys.map((key) => [key, xattr(bytes, key)]) };
  const absent = ABSENT.map((key) => `${key} ${xattr(bytes, key)}`);
  const type = mode & S_IFMT;
  const inside = type === S_IFDIR ? readdirSync(bytes, { withFileTypes: true, encoding: 'buffer' }) : [];
  const more =
    type === S_IFREG
      ? orErrno(() => contents(bytes))
      : type === S_IFLNK
        ? orErrno(() => fromBytes(readlinkSync(bytes, { encoding: 'buffer' })))
        : null;
  const names = inside.map((entry) => [fromBytes(entry.name), typeOf(entry)]);
  say(
    JSON.stringify({ path, ...of, absent, more, names, ...(path === '' ? { inodes: inodesOf(root) } : {}) }),
  );
  for (const entry of inside) printTree(root, `${path}/${fromBytes(entry.name)}`, say);
};

// libc's own: those of Node are refused where libuv is a package of the distribution, since it might use io_uring.
const setgroups = bind<(count: number, groups: null) => number>('setgroups', 'size_t', 'void *');
const setgid = bind<(id: number) => number>('setgid', 'uint');
const setuid = bind<(id: number) => number>('setuid', 'uint');

const [root, user] = process.argv.slice(2);
if (root !== undefined) {
  if (user !== undefined) {
    check(setgroups(0, null), 'setgroups');
    check(setgid(Number(user)), 'setgid');
    check(setuid(Number(user)), 'setuid');
  }
  const lines: string[] = [];
  printTree(Buffer.from(root), '', (line) => lines.push(line));
  const all = Buffer.from(`${lines.join('\n')}\n`, 'latin1');
  for (let at = 0; at < all.length; ) at += writeSync(1, all, at);
}
