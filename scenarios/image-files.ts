// Regular files of an image with paths that are safe as arguments of a command.
import { seeded, shuffled } from '../harness/model/random.ts';
import { S_IFMT, S_IFREG, type Tree } from '../harness/model/tree.ts';

/** Paths are passed as text. */
const PLAIN = /^[\x21-\x7e]+$/;

/** Absolute paths inside the image in the order of the tree; each name of an inode counts. */
const filesIn = (tree: Tree): readonly string[] => {
  const paths: string[] = [];
  for (let index = 1; index < tree.count; index++) {
    const entry = tree.entry(index);
    const { mode } = entry.link === null ? entry : tree.entry(entry.link);
    const path = tree.path(index);
    if ((mode & S_IFMT) === S_IFREG && PLAIN.test(path)) paths.push(path);
  }
  return paths;
};

/** The same random choice in every run; all files if there are fewer than `count`. */
export const someFiles = (tree: Tree, count: number, seed: string): readonly string[] =>
  shuffled(filesIn(tree), seeded(seed)).slice(0, count);

/** Sum of file sizes, each inode once. */
export const fileBytesOf = (tree: Tree): number => {
  let bytes = 0;
  for (let index = 1; index < tree.count; index++) {
    const { mode, size, link } = tree.entry(index);
    if ((mode & S_IFMT) === S_IFREG && link === null) bytes += Number(size);
  }
  return bytes;
};
