// Ways to change an installed image, the files to change, and how a mount shows each change.
import {
  ADDED_SUFFIX,
  type PathState,
  TAMPERED_ATTRIBUTE,
  TAMPERED_OWNER,
} from '../harness/inspect/requests.ts';
import { newTreeBuilder } from '../harness/model/columns.ts';
import { UserError } from '../harness/model/errors.ts';
import type { Image } from '../harness/model/image.ts';
import { type Entry, type Inode, S_IFMT, S_IFREG, type Tree } from '../harness/model/tree.ts';

/**
 * `replaced`: another file of the image takes the place of the file. `redigested`: its digest is replaced too. `added`: another file appears
 * beside it.
 */
export const CHANGES = [
  'content',
  'mode',
  'owner',
  'attribute',
  'replaced',
  'redigested',
  'rename',
  'added',
  'removed',
] as const;
export type TamperChange = (typeof CHANGES)[number];

const SET_USER_ID = 0o4755;

export interface TamperTargets {
  readonly file: Readonly<Record<TamperChange, Entry>>;
  /** Takes the place of a replaced file. */
  readonly other: Entry;
}

const PLAIN = /^[\x21-\x7e]+$/;

/** Where a change shows, in the path of the changed file. */
export const shownPath = (change: TamperChange, path: string): string =>
  change === 'added' ? `${path}${ADDED_SUFFIX}` : path;

/** Entries that carry the inode of hard links. */
const linkedTo = (tree: Tree): ReadonlySet<number> => {
  const found = new Set<number>();
  for (let index = 1; index < tree.count; index++) found.add(tree.entry(index).link ?? -1);
  return found;
};

/** Files with different contents in the topmost layer, where no other layer hides a change. */
export const targetsIn = ({ tree, layers }: Image): TamperTargets => {
  const top = layers.at(-1)!.tree;
  const linked = linkedTo(tree);
  const found = new Map<string, Entry>();
  for (let index = 1; index < tree.count && found.size <= CHANGES.length; index++) {
    const entry = tree.entry(index);
    const { mode, size, content, digest, link } = entry;
    const isFile = (mode & S_IFMT) === S_IFREG && size > 0n && content === null && link === null;
    if (!isFile || digest === null || linked.has(index)) continue;
    const path = tree.path(index);
    if (PLAIN.test(path) && top.find(path) !== undefined && !found.has(digest)) found.set(digest, entry);
  }
  const files = [...found.values()];
  const other = files[CHANGES.length];
  if (other === undefined) throw new UserError('this image has too few files to change', { code: 'skip' });
  const file = Object.fromEntries(CHANGES.map((change, i) => [change, files[i]!])) as Record<
    TamperChange,
    Entry
  >;
  return { file, other };
};

const changed = (change: TamperChange, entry: Entry, other: Entry): Inode => {
  switch (change) {
    case 'mode':
      return { ...entry, mode: S_IFREG | SET_USER_ID };
    case 'owner':
      return { ...entry, uid: TAMPERED_OWNER, gid: TAMPERED_OWNER };
    case 'attribute':
      return { ...entry, xattrs: [...entry.xattrs, [TAMPERED_ATTRIBUTE, 'yes']] };
    case 'replaced':
      return { ...entry, payload: other.payload, size: other.size };
    case 'redigested':
      return { ...entry, payload: other.payload, size: other.size, digest: other.digest };
    case 'content':
    case 'rename':
    case 'added':
    case 'removed':
      return entry;
  }
};

/** The same tree with one file changed. */
export const tamperedTree = (tree: Tree, change: TamperChange, { file, other }: TamperTargets): Tree => {
  const target = file[change];
  const builder = newTreeBuilder();
  const isGone = (index: number): boolean => change === 'removed' && index === target.index;
  /** Entries behind a removed one move up. */
  const moved = (parent: number): number =>
    change === 'removed' && parent > target.index ? parent - 1 : parent;
  for (let index = 0; index < tree.count; index++) {
    if (isGone(index)) continue;
    const entry = tree.entry(index);
    const parent = moved(entry.parent);
    const isTarget = index === target.index;
    const name = isTarget && change === 'rename' ? `${entry.name}~` : entry.name;
    if (entry.link !== null) builder.addLink(parent, name, tree.path(entry.link));
    else builder.add(parent, name, isTarget ? changed(change, entry, other) : entry);
  }
  if (change === 'added') builder.add(target.parent, `${target.name}${ADDED_SUFFIX}`, other);
  return builder.finish();
};

/** The entry of the original tree whose contents an entry of the changed tree has. */
export const contentsIn =
  (tree: Tree, change: TamperChange, { file, other }: TamperTargets) =>
  (index: number): number => {
    const target = file[change].index;
    if (index === tree.count || (change === 'replaced' && index === target)) return other.index;
    return change === 'removed' && index >= target ? index + 1 : index;
  };

/** True if the mount shows the change; `seen`: of `shownPath`. */
export const isShown = (change: TamperChange, seen: PathState, { file, other }: TamperTargets): boolean => {
  const { digest } = file[change];
  switch (change) {
    case 'content':
      return seen.error === null && seen.digest !== digest;
    case 'mode':
      return (seen.mode & 0o7777) === SET_USER_ID;
    case 'owner':
      return seen.uid === TAMPERED_OWNER;
    case 'attribute':
      return seen.attributes.includes(`${TAMPERED_ATTRIBUTE}=yes`);
    case 'replaced':
    case 'redigested':
      return seen.digest === other.digest;
    case 'rename':
    case 'removed':
      return seen.error === 'ENOENT';
    case 'added':
      return seen.digest === other.digest;
  }
};
