// Whether every owner of an image means something in this user namespace: nobody can show, or unpack, a file of an unmapped one.
import { show } from '../model/bytes.ts';
import type { SourceImage } from '../model/image.ts';
import type { IdMap } from '../sys/id-map.ts';

/** The first entry of the image or of its layers whose owner is not mapped, in words; null when all are. */
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
