// The layer that turns one tree into another: new and changed entries, and a whiteout for each removed name.
import { newTreeBuilder } from '../model/columns.ts';
import { isDirectory } from '../model/inode-type.ts';
import { type Entry, type Inode, S_IFCHR, type Tree } from '../model/tree.ts';

/** A key that is equal for equal entries. Sizes and link counts of directories are not compared. */
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

/** Entries of `upper` that differ from `lower`. If one name of a hard-linked file differs, all its names do. */
const differing = (lower: Tree, upper: Tree): Set<number> => {
  const changed = new Set<number>();
  for (let index = 0; index < upper.count; index++) {
    const entry = upper.entry(index);
    const below = lower.find(upper.path(index));
    if (below !== undefined && identity(lower, lower.entry(below)) === identity(upper, entry)) continue;
    changed.add(index).add(entry.link ?? index);
  }
  for (let index = 0; index < upper.count; index++) {
    const { link } = upper.entry(index);
    if (link !== null && changed.has(link)) changed.add(index);
  }
  return changed;
};

export const diffLayer = (lower: Tree, upper: Tree): Tree => {
  const builder = newTreeBuilder();
  const changed = differing(lower, upper);
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
  for (const index of [...changed].sort((a, b) => a - b)) {
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
