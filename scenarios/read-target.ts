// The file that a scenario reads to show that an image works.
import type { Tree } from '../harness/model/tree.ts';
import { S_IFMT, S_IFREG } from '../harness/model/tree.ts';

const SMALL_BYTES = 4096n;
const LARGE_BYTES = 65536n;
const PLAIN = /^[\x21-\x7e]+$/;

/** Path of the first regular file of 4 to 64 KiB with a plain ASCII name, else of any other with contents, else null. */
export const readTarget = (tree: Tree): string | null => {
  let fallback: string | null = null;
  for (let index = 1; index < tree.count; index++) {
    const entry = tree.entry(index);
    if ((entry.mode & S_IFMT) !== S_IFREG || entry.size === 0n || entry.link !== null) continue;
    const path = tree.path(index);
    if (!PLAIN.test(path)) continue;
    if (entry.content === null && entry.size >= SMALL_BYTES && entry.size <= LARGE_BYTES) return path;
    fallback ??= path;
  }
  return fallback;
};
