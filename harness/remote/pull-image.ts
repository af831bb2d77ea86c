// Pulls an image: its signature and manifest, then what the store lacks of its objects.
import type { ImageObject } from '../model/image.ts';
import { LIMITS } from '../model/input-limits.ts';
import type { Digesters } from './digesters.ts';
import { pullFromPack, pullObjects } from './pull-objects.ts';
import { pullSigned, type SignedFile, type SignedSource } from './pull-signed.ts';
import type { Refused } from './refused.ts';
import { manifestPath } from './served.ts';
import { missingObjects, objectsOf } from './wanted-objects.ts';

/** How contents are asked for: each object by itself, or ranges of the pack. */
export type PullVia = 'objects' | 'pack';

export const pullManifest = (source: SignedSource, name: string): Promise<SignedFile> =>
  pullSigned(source, {
    what: `the manifest of ${name}`,
    path: manifestPath(name),
    name,
    mostBytes: LIMITS.imageBytes,
  });

interface ImagePull {
  readonly source: SignedSource;
  readonly name: string;
  /** The object folder, with its folders `00` to `ff`. */
  readonly dir: string;
  readonly digesters: Digesters;
  readonly via: PullVia;
}

interface PulledImage {
  readonly manifest: SignedFile;
  readonly objects: readonly ImageObject[];
  readonly missing: readonly ImageObject[];
  /** All other objects are in the store. */
  readonly refused: readonly Refused[];
}

/** Throws if signature or manifest are refused. */
export const pullImage = async ({ source, name, dir, digesters, via }: ImagePull): Promise<PulledImage> => {
  const manifest = await pullManifest(source, name);
  const objects = objectsOf(manifest.bytes);
  const missing = missingObjects(objects, dir);
  const pull = { remote: source.remote, dir, digesters, missing };
  const refused = await (via === 'pack' ? pullFromPack(name, objects, pull) : pullObjects(pull));
  return { manifest, objects, missing, refused };
};
