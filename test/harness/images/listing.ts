// The names of a tree as text, for tests that compare whole trees.
import { S_IFDIR, S_IFLNK, S_IFMT, type Tree } from '../../../harness/model/tree.ts';

/** `path`, `path/` for a directory, `path -> target`, `path = first name` for further names of a file; sorted. */
export const listing = (tree: Tree): readonly string[] => {
  const pathOf = (index: number): string => tree.path(index).slice(1);
  const indexes = Array.from({ length: tree.count - 1 }, (_, i) => i + 1).sort((a, b) =>
    pathOf(a) < pathOf(b) ? -1 : 1,
  );
  const first = new Map<number, string>();
  return indexes.map((index) => {
    const { link, mode, payload } = tree.entry(index);
    const path = pathOf(index);
    const known = first.get(link ?? index);
    if (known !== undefined) return `${path} = ${known}`;
    first.set(link ?? index, path);
    if ((mode & S_IFMT) === S_IFLNK) return `${path} -> ${payload}`;
    return (mode & S_IFMT) === S_IFDIR ? `${path}/` : path;
  });
};
