// What a manifest is made of, for those who may not read images themselves.
import { type ImageFacts, inspectImage } from '../erofs/inspect.ts';

export const inspectManifest = (
  manifest: Uint8Array,
): Pick<ImageFacts, 'inodeCount' | 'compactCount' | 'extendedCount' | 'hasAcl'> => inspectImage(manifest);
