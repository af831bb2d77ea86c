// Where the attack `truncated` cuts an image, and which files lose bytes by it.
//
// Only a file whose bytes are cut shows what a mount makes of the cut; one that lies before it is right whatever the mount does. The cut
// goes through the first such bytes behind the middle: a kernel that shows zeros for the rest of a block that is cut is seen at once.
import { UserError } from '../harness/model/errors.ts';
import { type Entry, S_IFMT, S_IFREG, type Tree } from '../harness/model/tree.ts';

const isObject = ({ mode, size, content, digest, link }: Entry): boolean =>
  (mode & S_IFMT) === S_IFREG && size > 0n && content === null && digest !== null && link === null;

/** Files with contents of their own; no hard links. */
export const objectFiles = (tree: Tree): readonly Entry[] => {
  const found: Entry[] = [];
  for (let index = 1; index < tree.count; index++) {
    const entry = tree.entry(index);
    if (isObject(entry)) found.push(entry);
  }
  return found;
};

export interface CutImage {
  readonly bytes: Buffer;
  /** Files of which bytes are gone. */
  readonly files: readonly Entry[];
}

/** `heldFor`: bytes in one piece that the image has for a file. If it has them more than once, the first are meant. */
export const cutImage = (
  bytes: Buffer,
  files: readonly Entry[],
  heldFor: (file: Entry) => Uint8Array,
): CutImage => {
  const middle = bytes.length >> 1;
  const behind = files.flatMap((file) => {
    const held = heldFor(file);
    const at = bytes.indexOf(held);
    return at >= middle && held.length > 0 ? [{ file, at, length: held.length }] : [];
  });
  const [first] = behind.toSorted((a, b) => a.at - b.at);
  if (first === undefined)
    throw new UserError('an image has no place for an attack', {
      code: 'no-place',
      exit: 5,
      facts: ['no file has bytes in its second half'],
    });
  const cut = first.at + (first.length >> 1);
  const cutFiles = behind.filter(({ at, length }) => at + length > cut);
  return { bytes: bytes.subarray(0, cut), files: cutFiles.map(({ file }) => file) };
};
