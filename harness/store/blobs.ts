// The layers of an image as blobs of a bootstrap: the uncompressed tar of each layer is one device.
import { dirname, join } from 'node:path';
import { type BlobDevice, type BlobExtent, bootstrapBytes } from '../erofs/bootstrap.ts';
import type { Store } from '../model/backend.ts';
import { show } from '../model/bytes.ts';
import type { Image, Layer } from '../model/image.ts';
import type { Tree } from '../model/tree.ts';
import { contentOffsets } from './layer-tar.ts';

/** Beside the objects of the store. */
export const blobFolder = ({ objectDirs }: Pick<Store, 'objectDirs'>): string =>
  join(dirname(objectDirs[0] ?? ''), 'blobs');

/** Layers in the order of the device table, bottom first; equal layers once. */
export const blobLayers = ({ layers }: Pick<Image, 'layers'>): readonly Layer[] => {
  const known = new Map(layers.map((layer) => [layer.id, layer]));
  return [...known.values()];
};

/** The topmost layer that has an entry at a file's path holds its contents: any other would hide the file. */
const extents = (image: Image, layers: readonly Layer[]): ((index: number) => BlobExtent) => {
  const offsets = layers.map(({ tree }) => contentOffsets(tree, { rootless: false }));
  const devices = new Map(layers.map(({ id }, device) => [id, device]));
  return (index) => {
    const path = image.tree.path(index);
    for (let i = image.layers.length - 1; i >= 0; i--) {
      const device = devices.get(image.layers[i]!.id)!;
      const { tree } = layers[device]!;
      const found = tree.find(path);
      if (found === undefined) continue;
      const offset = offsets[device]!.get(tree.entry(found).link ?? found);
      if (offset !== undefined) return { device, offset };
    }
    throw new Error(`no layer has the contents of ${show(path)}`);
  };
};

/** The blob that holds a file's contents, and where they begin; by the index of the entry that carries the inode. */
export const blobPlace = (image: Image, index: number): { readonly id: string; readonly offset: number } => {
  const layers = blobLayers(image);
  const { device, offset } = extents(image, layers)(index);
  return { id: layers[device]!.id, offset };
};

interface ChangedTree {
  readonly tree: Tree;
  /** The entry of the image whose contents an entry shows. */
  contentsOf(index: number): number;
}

/** The bootstrap of an image, or of a changed tree with the image's contents. `image` must be unpackable, its layers made as root. */
export const bootstrapOf = (image: Image, changed?: ChangedTree): Buffer => {
  const layers = blobLayers(image);
  const extent = extents(image, layers);
  return bootstrapBytes(changed?.tree ?? image.tree, {
    devices: layers.map(({ id, tarBytes }): BlobDevice => ({ tag: id, bytes: tarBytes })),
    extent: (index) => extent(changed?.contentsOf(index) ?? index),
  });
};
