// Paths at an image server, below its base URL.
import { objectPath } from '../store/objects.ts';

/** The composefs image. */
export const manifestPath = (name: string): string => `${name}.cfs`;
/** The digests and sizes of the layer tars, bottom first: a line `SHA256 BYTES` for each. */
export const layersPath = (name: string): string => `${name}.layers`;
/** The name under which the list of layers is signed: it is no manifest of the image's own name. */
export const layersName = (name: string): string => `${name}.layers`;
export const signaturePath = (path: string): string => `${path}.sig`;
/** All objects of the image one after another, in the order of their digests. */
export const packPath = (name: string): string => `${name}.pack`;
export const servedObjectPath = (digest: string): string => `objects/${objectPath(digest)}`;
export const layerPath = (id: string): string => `layers/${id}.tar`;
