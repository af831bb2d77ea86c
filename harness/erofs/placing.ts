// Where an inode may begin: parts that the kernel reads at once lie within one block.
import { roundUp, SLOT_BYTES } from './format.ts';

export const crossesBlock = (start: number, bytes: number, blockBytes: number): boolean =>
  Math.floor(start / blockBytes) !== Math.floor((start + bytes - 1) / blockBytes);

/** The first place from `pos` at which the tail behind a body stays within one block, at most one block further; null if there is none. */
export const startForTail = (pos: number, body: number, tail: number, blockBytes: number): number | null => {
  const room = blockBytes - ((pos + body) % blockBytes);
  if (room >= tail) return pos;
  const skip = roundUp(room, SLOT_BYTES);
  const roomThere = blockBytes - ((pos + body + skip) % blockBytes);
  return tail <= roomThere ? pos + skip : null;
};
