// Entries, objects and bytes of an image, for planning.
import type { SourceFamily, SourceImage } from './image.ts';
import type { ImageSize } from './scenario.ts';
import { S_IFMT, S_IFREG } from './tree.ts';

const furtherOf = ({ count, added }: SourceFamily): NonNullable<ImageSize['further']> => ({
  imageCount: count - 1,
  objectCount: (count - 1) * added.objectCount,
  objectBytes: (count - 1) * added.objectBytes,
});

/** Each object counts as often as files have it. */
export const sizeOf = ({ tree, family }: Pick<SourceImage, 'tree' | 'family'>): ImageSize => {
  let objectCount = 0;
  let objectBytes = 0;
  for (let index = 0; index < tree.count; index++) {
    const entry = tree.entry(index);
    if (
      (entry.mode & S_IFMT) !== S_IFREG ||
      entry.link !== null ||
      entry.content !== null ||
      entry.size === 0n
    )
      continue;
    objectCount++;
    objectBytes += Number(entry.size);
  }
  const further = family === undefined ? {} : { further: furtherOf(family) };
  return { entryCount: tree.count, objectCount, objectBytes, ...further };
};
