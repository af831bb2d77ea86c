// The directories that the layers read so far show. A layer need not list the parents of its entries: these keep the attributes that
// a lower layer gave them. A layer's hard link may name a file of a lower one.
import type { ByteString } from '../model/bytes.ts';
import { isDirectory, isWhiteout } from '../model/inode-type.ts';
import { hasOpaqueMark, withoutOpaqueMark } from '../model/overlay-xattrs.ts';
import { type Inode, PLAIN_DIRECTORY, type Tree } from '../model/tree.ts';

/** An entry of a layer's tree. */
interface LowerEntry {
  readonly tree: Tree;
  readonly index: number;
}

/** In the topmost layer that has the directory. */
export interface LowerDirectory extends LowerEntry {
  /** The same directory in the layer below that merges with it. */
  readonly under: LowerDirectory | null;
  /** Directories inside; null if there are none. */
  children: Map<ByteString, LowerDirectory> | null;
}

/** Attributes of a directory that a layer does not list. */
export const impliedInode = (below: LowerDirectory | undefined): Inode => {
  if (below === undefined) return PLAIN_DIRECTORY;
  const entry = below.tree.entry(below.index);
  return { ...entry, xattrs: withoutOpaqueMark(entry.xattrs) };
};

/** The visible entry of a name in a directory; undefined if there is none. */
export const findBelow = (
  directory: LowerDirectory | undefined,
  name: ByteString,
): LowerEntry | undefined => {
  for (let at = directory ?? null; at !== null; at = at.under) {
    const index = at.tree.child(at.index, name);
    if (index === undefined) continue;
    const entry = at.tree.entry(index);
    return isWhiteout(entry) ? undefined : { tree: at.tree, index: entry.link ?? index };
  }
  return undefined;
};

/** The directories with one more layer on top. Changes those below. */
export const withLayer = (below: LowerDirectory | undefined, tree: Tree): LowerDirectory => {
  const shown = hasOpaqueMark(tree.entry(0).xattrs) ? undefined : below;
  const root: LowerDirectory = { tree, index: 0, under: shown ?? null, children: shown?.children ?? null };
  const pending = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop())
    for (const index of tree.children(next.index)) {
      const entry = tree.entry(index);
      if (!isDirectory(entry)) {
        next.children?.delete(entry.name);
        continue;
      }
      const hidden = hasOpaqueMark(entry.xattrs) ? undefined : next.children?.get(entry.name);
      const merged: LowerDirectory = {
        tree,
        index,
        under: hidden ?? null,
        children: hidden?.children ?? null,
      };
      next.children ??= new Map();
      next.children.set(entry.name, merged);
      pending.push(merged);
    }
  return root;
};
