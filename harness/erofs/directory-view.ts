// Reads the records of a directory.
import type { ByteString } from '../model/bytes.ts';
import { DIRENT_BYTES } from './format.ts';
import type { InodeView } from './inode-view.ts';
import { badImage, type ImageView } from './view.ts';

export interface DirectoryRecord {
  readonly nid: number;
  readonly name: ByteString;
}

/** Number of records in a group, from the offset of its first name, which follows the last header. */
const countOf = (view: ImageView, at: number, length: number): number => {
  const names = length < DIRENT_BYTES ? 0 : view.u16(at + 8);
  if (names === 0 || names % DIRENT_BYTES !== 0 || names > length)
    throw badImage(at, 'a group of directory records is malformed');
  return names / DIRENT_BYTES;
};

/** Visits each record's inode, without the cost of making records. */
export const eachNid = (directory: InodeView, visit: (nid: number) => void): void => {
  const { view } = directory;
  for (const { at, length } of directory.extents())
    for (let i = 0, count = countOf(view, at, length); i < count; i++) visit(view.nid(at + i * DIRENT_BYTES));
};

export function* recordsOf(directory: InodeView): Generator<DirectoryRecord> {
  const { view } = directory;
  for (const { at, length } of directory.extents()) {
    const count = countOf(view, at, length);
    for (let i = 0; i < count; i++) {
      const header = at + i * DIRENT_BYTES;
      const from = view.u16(header + 8);
      const last = i === count - 1;
      let to = last ? length : view.u16(header + DIRENT_BYTES + 8);
      if (from >= to || to > length) throw badImage(header + 8, 'a name in a directory is malformed');
      if (last) {
        const zero = view.bytes.subarray(at + from, at + to).indexOf(0);
        if (zero >= 0) to = from + zero;
      }
      yield {
        nid: view.nid(header),
        name: view.bytes.toString('latin1', at + from, at + to),
      };
    }
  }
}
