// Ranges of a pack that hold the missing objects. Offsets come from the sizes in the verified manifest: the server gives no index.
import type { ImageObject } from '../model/image.ts';

/** Objects that follow each other in the pack, without gaps. */
export interface PackRange {
  readonly from: number;
  readonly bytes: number;
  /** Of the whole pack. */
  readonly totalBytes: number;
  readonly objects: readonly ImageObject[];
}

/** A larger range ends with the object that crosses this size: several requests keep several connections busy. */
const RANGE_BYTES = 4 * 2 ** 20;

/** `all` and `missing`: sorted by digest. Objects without bytes are in no range. */
export const packRanges = (
  all: readonly ImageObject[],
  missing: readonly ImageObject[],
): readonly PackRange[] => {
  const totalBytes = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const lacks = new Set(missing.map(({ digest }) => digest));
  const ranges: { from: number; bytes: number; totalBytes: number; objects: ImageObject[] }[] = [];
  let at = 0;
  for (const object of all) {
    const last = ranges.at(-1);
    if (lacks.has(object.digest) && object.sizeBytes > 0) {
      if (last !== undefined && last.from + last.bytes === at && last.bytes < RANGE_BYTES) {
        last.objects.push(object);
        last.bytes += object.sizeBytes;
      } else ranges.push({ from: at, bytes: object.sizeBytes, totalBytes, objects: [object] });
    }
    at += object.sizeBytes;
  }
  return ranges;
};
