// The layer that makes one tree of another: what is new or different, and a whiteout for what is gone.
import { newTreeBuilder } from '../model/columns.ts';
import { type Entry, type Inode, S_IFCHR, S_IFDIR, S_IFMT, type Tree } from '../model/tree.ts';

const isDirectory = (inode: Inode): boolean => (inode.mode & S_IFMT) === S_IFDIR;

/** Directory sizes and link counts follow from their entries. */
const identity = (tree: Tree, entry: Entry): string => {
  const own = isDirectory(entry) ? { nlink: 0, size: '' } : { nlink: entry.nlink, size: String(entry.size) };
  const { mode, uid, gid, rdev, mtimeNsec, payload, content, digest, xattrs } = entry;
  const link = entry.link === null ? null : tree.path(entry.link);
  const time = `${entry.mtimeSec}.${mtimeNsec}`;
  return JSON.stringify([own, mode, uid, gid, rdev, time, payload, content, digest, xattrs, link]);
};

const whiteout = (removed: Entry): Inode => ({
  mode: S_IFCHR,
  nlink: 1,
  uid: 0,
  gid: 0,
  rdev: 0,
  size: 0n,
  mtimeSec: removed.mtimeSec,
  mtimeNsec: removed.mtimeNsec,
  payload: null,
  content: null,
  digest: null,
  xattrs: [],
});

/** Names of `upper` that differ from `lower`, and of hard-linked files all names as soon as one differs. */
const differing = (lower: Tree, upper: Tree): Set<number> => {
  const wanted = new Set<number>();
  for (let index = 0; index < upper.count; index++) {
    const entry = upper.entry(index);
    const below = lower.find(upper.path(index));
    if (below !== undefined && identity(lower, lower.entry(below)) === identity(upper, entry)) continue;
    wanted.add(index).add(entry.link ?? index);
  }
  for (let index = 0; index < upper.count; index++) {
    const { link } = upper.entry(index);
    if (link !== null && wanted.has(link)) wanted.add(index);
  }
  return wanted;
};

export const diffLayer = (lower: Tree, upper: Tree): Tree => {
  const builder = newTreeBuilder();
  const wanted = differing(lower, upper);
  const added = new Map<number, number>();
  const directory = (index: number): number => {
    const known = added.get(index);
    if (known !== undefined) return known;
    const entry = upper.entry(index);
    const at = builder.add(index === 0 ? -1 : directory(entry.parent), entry.name, entry);
    added.set(index, at);
    return at;
  };
  directory(0);
  for (const index of [...wanted].sort((a, b) => a - b)) {
    const entry = upper.entry(index);
    if (isDirectory(entry)) directory(index);
    else if (entry.link === null) builder.add(directory(entry.parent), entry.name, entry);
    else builder.addLink(directory(entry.parent), entry.name, upper.path(entry.link));
  }
  for (let index = 1; index < lower.count; index++) {
    const entry = lower.entry(index);
    const parent = upper.find(lower.path(entry.parent));
    if (upper.find(lower.path(index)) !== undefined || parent === undefined) continue;
    if (isDirectory(upper.entry(parent))) builder.add(directory(parent), entry.name, whiteout(entry));
  }
  return builder.finish();
};
