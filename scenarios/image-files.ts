// Regular files of an image with paths that are safe as arguments of a command.
import { seeded, shuffled } from '../harness/model/random.ts';
import { S_IFMT, S_IFREG, type Tree } from '../harness/model/tree.ts';

/** Paths are passed as text. */
const PLAIN = /^[\x21-\x7e]+$/;

interface PlainFile {
  readonly path: string;
  /** Of its object; null without one. */
  readonly digest: string | null;
}

/** In the order of the tree; each name of an inode counts. */
const filesIn = (tree: Tree): readonly PlainFile[] => {
  const found: PlainFile[] = [];
  for (let index = 1; index < tree.count; index++) {
    const entry = tree.entry(index);
    const { mode, digest } = entry.link === null ? entry : tree.entry(entry.link);
    const path = tree.path(index);
    if ((mode & S_IFMT) === S_IFREG && PLAIN.test(path)) found.push({ path, digest });
  }
  return found;
};

const inRandomOrder = (tree: Tree, seed: string): readonly PlainFile[] =>
  shuffled(filesIn(tree), seeded(seed));

/** Absolute paths inside the image; the same random choice in every run; all files if there are fewer than `count`. */
export const someFiles = (tree: Tree, count: number, seed: string): readonly string[] =>
  inRandomOrder(tree, seed)
    .slice(0, count)
    .map(({ path }) => path);

/** A file whose object is not local; else one that has an object; else any. */
export const fileToFetch = (
  tree: Tree,
  { local, seed }: { readonly local: ReadonlySet<string>; readonly seed: string },
): string | undefined => {
  const files = inRandomOrder(tree, seed);
  const withObject = files.filter(({ digest }) => digest !== null);
  return (withObject.find(({ digest }) => !local.has(digest!)) ?? withObject[0] ?? files[0])?.path;
};

/** Sum of file sizes, each inode once. */
export const fileBytesOf = (tree: Tree): number => {
  let bytes = 0;
  for (let index = 1; index < tree.count; index++) {
    const { mode, size, link } = tree.entry(index);
    if ((mode & S_IFMT) === S_IFREG && link === null) bytes += Number(size);
  }
  return bytes;
};
