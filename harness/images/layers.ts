// Flattens a stack of layers into the tree that overlayfs would show: an upper directory's attributes win, a whiteout hides its name
// in lower layers, an opaque directory hides lower directories. Hard links are kept within one layer.
import { type ByteString, compareBytes } from '../model/bytes.ts';
import { newTreeBuilder } from '../model/columns.ts';
import { isDirectory, isWhiteout } from '../model/inode-type.ts';
import { hasOpaqueMark, withoutOpaqueMark } from '../model/overlay-xattrs.ts';
import type { Entry, Inode, Tree } from '../model/tree.ts';
import { sharedInodes } from '../store/links.ts';

export interface Flattened {
  readonly tree: Tree;
  /** The layer of an entry of `tree`, and its index there. */
  origin(index: number): { readonly layer: number; readonly index: number };
}

/** One directory of a layer. */
interface DirectoryPart {
  readonly layer: number;
  readonly index: number;
}

const isOpaque = (inode: Inode): boolean => hasOpaqueMark(inode.xattrs);
const withoutOpaque = (inode: Inode): Inode =>
  isOpaque(inode) ? { ...inode, xattrs: withoutOpaqueMark(inode.xattrs) } : inode;

/** A visible entry and the layers that have it, top first; only merged directories have more than one. */
interface VisibleEntry {
  readonly entry: Entry;
  readonly parts: readonly DirectoryPart[];
}

/** The entries of a directory that only one layer has: the common case, without a map. */
const visibleAlone = (layers: readonly Tree[], { layer, index }: DirectoryPart): VisibleEntry[] => {
  const tree = layers[layer]!;
  const shown: VisibleEntry[] = [];
  for (const child of tree.children(index)) {
    const entry = tree.entry(child);
    if (!isWhiteout(entry)) shown.push({ entry, parts: [{ layer, index: child }] });
  }
  return shown;
};

/** The entries of a merged directory, sorted by name; `parts` top first. */
const visible = (layers: readonly Tree[], parts: readonly DirectoryPart[]): VisibleEntry[] => {
  if (parts.length === 1) return visibleAlone(layers, parts[0]!);
  const names = new Map<ByteString, { entry: Entry; parts: DirectoryPart[]; closed: boolean }>();
  for (const { layer, index } of parts)
    for (const child of layers[layer]!.children(index)) {
      const entry = layers[layer]!.entry(child);
      const merges = isDirectory(entry);
      const seen = names.get(entry.name);
      if (seen === undefined) {
        const closed = !merges || isOpaque(entry);
        names.set(entry.name, { entry, parts: isWhiteout(entry) ? [] : [{ layer, index: child }], closed });
      } else if (!seen.closed) {
        if (merges) seen.parts.push({ layer, index: child });
        seen.closed = !merges || isOpaque(entry);
      }
    }
  const shown = [...names.values()].filter((seen) => seen.parts.length > 0);
  return shown.sort((a, b) => compareBytes(a.entry.name, b.entry.name));
};

/** Flattens layers, given bottom first. */
export const flatten = (layers: readonly Tree[]): Flattened => {
  const builder = newTreeBuilder();
  const originLayer: number[] = [];
  const originIndex: number[] = [];
  const shared = layers.map(sharedInodes);
  // By layer: first entry of every inode with several names.
  const carriers = layers.map(() => new Map<number, number>());
  const origin = (added: number, part: DirectoryPart): number => {
    originLayer[added] = part.layer;
    originIndex[added] = part.index;
    return added;
  };

  const place = (parent: number, entry: Entry, part: DirectoryPart): void => {
    const inode = entry.link ?? entry.index;
    const carrier = carriers[part.layer]!.get(inode);
    if (carrier !== undefined) {
      origin(builder.addLink(parent, entry.name, carrier), { layer: part.layer, index: inode });
      return;
    }
    const added = origin(builder.add(parent, entry.name, entry), { layer: part.layer, index: inode });
    if (shared[part.layer]!.has(inode)) carriers[part.layer]!.set(inode, added);
  };

  const rootParts = layers.map((_, layer): DirectoryPart => ({ layer, index: 0 })).reverse();
  const topmostOpaque = rootParts.findIndex(({ layer }) => isOpaque(layers[layer]!.entry(0)));
  if (topmostOpaque >= 0) rootParts.length = topmostOpaque + 1;
  const top = rootParts[0]!;
  const root = origin(builder.add(-1, '', withoutOpaque(layers[top.layer]!.entry(0))), top);
  const pending: { at: number; parts: readonly DirectoryPart[] }[] = [{ at: root, parts: rootParts }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { entry, parts } of visible(layers, next.parts)) {
      const first = parts[0]!;
      if (isDirectory(entry)) {
        const at = origin(builder.add(next.at, entry.name, withoutOpaque(entry)), first);
        pending.push({ at, parts });
      } else place(next.at, entry, first);
    }
  }
  return {
    tree: builder.finish(),
    origin: (index) => ({ layer: originLayer[index]!, index: originIndex[index]! }),
  };
};
