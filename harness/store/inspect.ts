// Counts of a manifest's inodes, for layers that must not import the image reader.
import { type ImageFacts, inspectImage } from '../erofs/inspect.ts';

export const inspectManifest = (
  manifest: Uint8Array,
): Pick<ImageFacts, 'inodeCount' | 'compactCount' | 'extendedCount' | 'hasAcl'> => inspectImage(manifest);
