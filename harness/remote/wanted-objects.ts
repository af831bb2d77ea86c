// The objects of a verified manifest, and those of them that a store lacks.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { objectSizes } from '../erofs/objects.ts';
import { UserError } from '../model/errors.ts';
import type { ImageObject } from '../model/image.ts';
import { objectPath } from '../store/objects.ts';

const OBJECT = /^([0-9a-f]{2})\/([0-9a-f]{62})$/;

/** Sorted by digest, as in the pack. Throws if the manifest names an object otherwise than by its digest. */
export const objectsOf = (manifest: Uint8Array): readonly ImageObject[] =>
  [...objectSizes(manifest)]
    .map(([path, size]): ImageObject => {
      const [, fan, rest] = OBJECT.exec(path) ?? [];
      const sizeBytes = Number(size);
      if (fan === undefined || !Number.isSafeInteger(sizeBytes))
        throw new UserError('the manifest names the object of a file by something other than a digest', {
          code: 'bad-image',
          facts: [`object: ${path}`],
        });
      return { digest: fan + rest, sizeBytes };
    })
    .sort((a, b) => (a.digest < b.digest ? -1 : 1));

/** One stat(2) for each object. A file of another size, as a crash of the machine may leave it, is missing, too. */
export const missingObjects = (objects: readonly ImageObject[], dir: string): readonly ImageObject[] =>
  objects.filter(
    ({ digest, sizeBytes }) =>
      statSync(join(dir, objectPath(digest)), { throwIfNoEntry: false })?.size !== sizeBytes,
  );
