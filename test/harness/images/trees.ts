// Small trees for tests, and their form as lines.
import type { ByteString } from '../../../harness/model/bytes.ts';
import { newTreeBuilder } from '../../../harness/model/columns.ts';
import {
  type Inode,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  type Tree,
} from '../../../harness/model/tree.ts';

const BASE: Inode = {
  mode: S_IFREG | 0o644,
  nlink: 1,
  uid: 0,
  gid: 0,
  rdev: 0,
  size: 0n,
  mtimeSec: 1_700_000_000n,
  mtimeNsec: 0,
  payload: null,
  content: null,
  digest: null,
  xattrs: [],
};
type Some = Partial<Inode>;

export const directory = (some: Some = {}): Inode => ({ ...BASE, mode: S_IFDIR | 0o755, nlink: 2, ...some });
export const inline = (content: ByteString, some: Some = {}): Inode => ({
  ...BASE,
  content: content === '' ? null : content,
  size: BigInt(content.length),
  ...some,
});
export const stored = (digest: string, sizeBytes: number, some: Some = {}): Inode => ({
  ...BASE,
  digest,
  payload: `${digest.slice(0, 2)}/${digest.slice(2)}`,
  size: BigInt(sizeBytes),
  ...some,
});
export const symlink = (payload: ByteString, some: Some = {}): Inode => ({
  ...BASE,
  mode: S_IFLNK | 0o777,
  payload,
  size: BigInt(payload.length),
  ...some,
});
export const device = (kind: 'char' | 'block', rdev: number, some: Some = {}): Inode => ({
  ...BASE,
  mode: (kind === 'char' ? S_IFCHR : S_IFBLK) | 0o600,
  rdev,
  ...some,
});
export const whiteout = (): Inode => ({ ...BASE, mode: S_IFCHR, rdev: 0 });
export const fifo = (some: Some = {}): Inode => ({ ...BASE, mode: S_IFIFO | 0o600, ...some });
export const socket = (): Inode => ({ ...BASE, mode: S_IFSOCK | 0o600 });
/** A hard link to the entry at this path. */
export const link = (target: ByteString): { readonly target: ByteString } => ({ target });

export type Entries = Readonly<Record<ByteString, Inode | { readonly target: ByteString }>>;

/** Paths without a leading slash, parents first; `''` is the root and optional. */
export const treeOf = (entries: Entries): Tree => {
  const builder = newTreeBuilder();
  const root = entries[''];
  const at = new Map([
    ['', builder.add(-1, '', root === undefined || 'target' in root ? directory() : root)],
  ]);
  for (const [path, entry] of Object.entries(entries)) {
    if (path === '') continue;
    const slash = path.lastIndexOf('/');
    const parent = at.get(path.slice(0, Math.max(0, slash)))!;
    const name = path.slice(slash + 1);
    at.set(
      path,
      'target' in entry ? builder.addLink(parent, name, entry.target) : builder.add(parent, name, entry),
    );
  }
  return builder.finish();
};

/** One line per name; an inode is identified by its first name in byte order. */
export const linesOf = (tree: Tree, leave: readonly string[] = []): string[] => {
  const paths = Array.from({ length: tree.count }, (_, index) => ({ index, path: tree.path(index) }));
  paths.sort((a, b) => (a.path < b.path ? -1 : 1));
  const first = new Map<number, string>();
  return paths.map(({ index, path }) => {
    const entry = tree.entry(index);
    const inode = entry.link ?? index;
    if (!first.has(inode)) first.set(inode, path);
    const isDirectory = (entry.mode & S_IFMT) === S_IFDIR;
    const shown: Record<string, unknown> = {
      path,
      mode: entry.mode.toString(8),
      nlink: isDirectory ? undefined : entry.nlink,
      uid: entry.uid,
      gid: entry.gid,
      rdev: entry.rdev,
      size: isDirectory ? undefined : String(entry.size),
      mtime: `${entry.mtimeSec}.${String(entry.mtimeNsec).padStart(9, '0')}`,
      payload: entry.payload,
      content: entry.content,
      digest: entry.digest,
      xattrs: [...entry.xattrs].sort(([a], [b]) => (a < b ? -1 : 1)),
      sameAs: first.get(inode),
    };
    for (const key of leave) delete shown[key];
    return JSON.stringify(shown);
  });
};
