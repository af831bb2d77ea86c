// Pulls an image: its signature and manifest, then the objects that the store lacks.
import type { ImageObject } from '../model/image.ts';
import { LIMITS } from '../model/input-limits.ts';
import type { Digesters } from './digesters.ts';
import { pullFromPack, pullObjects } from './pull-objects.ts';
import { pullSigned, type SignedFile, type SignedSource } from './pull-signed.ts';
import type { Refused } from './refused.ts';
import type { Remote } from './request.ts';
import { manifestPath } from './served.ts';
import { missingObjects, objectsOf } from './wanted-objects.ts';

/** How contents are requested: each object by itself, or ranges of the pack. */
export type PullVia = 'objects' | 'pack';

export const pullManifest = (source: SignedSource, name: string): Promise<SignedFile> =>
  pullSigned(source, {
    what: `the manifest of ${name}`,
    path: manifestPath(name),
    name,
    mostBytes: LIMITS.imageBytes,
  });

interface MissingPull {
  readonly remote: Remote;
  readonly name: string;
  /** The object folder, which exists. */
  readonly dir: string;
  readonly digesters: Digesters;
  readonly via: PullVia;
}

/** Returns the refused objects; all others are in the store then, unless there were too many refusals. */
export const pullMissing = (
  { remote, name, dir, digesters, via }: MissingPull,
  objects: readonly ImageObject[],
  missing: readonly ImageObject[],
): Promise<readonly Refused[]> => {
  const pull = { remote, dir, digesters, missing };
  return via === 'pack' ? pullFromPack(name, objects, pull) : pullObjects(pull);
};

interface PulledImage {
  readonly manifest: SignedFile;
  readonly objects: readonly ImageObject[];
  readonly missing: readonly ImageObject[];
  readonly refused: readonly Refused[];
}

/** Throws if signature or manifest are refused. */
export const pullImage = async (
  source: SignedSource,
  pull: Omit<MissingPull, 'remote'>,
): Promise<PulledImage> => {
  const manifest = await pullManifest(source, pull.name);
  const objects = objectsOf(manifest.bytes);
  const missing = missingObjects(objects, pull.dir);
  const refused = await pullMissing({ ...pull, remote: source.remote }, objects, missing);
  return { manifest, objects, missing, refused };
};
