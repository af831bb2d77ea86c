// Owners of an image in this user namespace: files of unmapped owners can be neither shown nor unpacked.
import { show } from '../model/bytes.ts';
import type { SourceImage } from '../model/image.ts';
import type { IdMap } from '../sys/id-map.ts';

/** The first entry of the image or its layers with an unmapped owner, as text; null if all owners are mapped. */
export const foreignOwner = (
  { tree, layers }: Pick<SourceImage, 'tree' | 'layers'>,
  ids: IdMap,
): string | null => {
  for (const part of new Set([tree, ...layers]))
    for (let index = 0; index < part.count; index++) {
      const { uid, gid } = part.entry(index);
      if (!ids.hasUid(uid))
        return `${show(part.path(index))}: user ${uid} is not mapped in this user namespace`;
      if (!ids.hasGid(gid))
        return `${show(part.path(index))}: group ${gid} is not mapped in this user namespace`;
    }
  return null;
};
