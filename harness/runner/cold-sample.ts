// The files of an image that must not be resident before a cold window.
import { join } from 'node:path';
import type { Store } from '../model/backend.ts';
import { type Image, plainFolder } from '../model/image.ts';
import { S_IFMT, S_IFREG, type Tree } from '../model/tree.ts';
import { blobFolder } from '../store/blobs.ts';

const SAMPLE = 16;
const PLAIN = /^[\x21-\x7e]+$/;

const plainFiles = (tree: Tree): string[] => {
  const paths: string[] = [];
  for (let index = 1; index < tree.count && paths.length < SAMPLE; index++) {
    const entry = tree.entry(index);
    if ((entry.mode & S_IFMT) === S_IFREG && entry.size > 0n && PLAIN.test(tree.path(index)))
      paths.push(tree.path(index));
  }
  return paths;
};

/** Objects spread over the whole store, blobs, and files of the unpacked layers; files that do not exist are skipped later. */
export const coldSample = (image: Image, store: Store): string[] => {
  const step = Math.max(1, Math.floor(image.objects.length / SAMPLE));
  const objects = image.objects.filter((_, i) => i % step === 0).slice(0, SAMPLE);
  return [
    ...objects.map(({ digest }) => join(store.objectDirs[0] ?? '', digest.slice(0, 2), digest.slice(2))),
    ...image.layers.map(({ id }) => join(blobFolder(store), id)),
    ...plainFiles(image.tree).map((path) => join(store.layerDir, plainFolder(image), path)),
    ...image.layers.flatMap((layer) =>
      plainFiles(layer.tree).map((path) => join(store.layerDir, layer.id, path)),
    ),
  ];
};
