// The blobs of a store: one file per layer, named by the SHA-256 of the layer's uncompressed tar.
//
// Does:    ingest: one existence check per layer; a missing layer is copied in pieces of 1 MiB and renamed. collect: one unlink per blob
//          that is no layer of a kept image.
// Leaves:  a temporary file beside the blobs when it dies between open and rename.
import { join } from 'node:path';
import type { Store } from '../model/backend.ts';
import type { Image, Layer } from '../model/image.ts';
import { DIGEST_BYTES } from '../model/interned.ts';
import type { CollectFacts, IngestHow, Machine } from '../model/machine.ts';
import { blobFolder, blobLayers } from '../store/blobs.ts';
import { copyFile } from './copy-file.ts';

const FOLDER_MODE = 0o755;

export const blobPaths = (store: Store, image: Image): readonly string[] =>
  blobLayers(image).map(({ id }) => join(blobFolder(store), id));

const putBlob = (machine: Machine, { id, tarPath }: Layer, path: string, how: IngestHow): void => {
  const temporary = `${path}.new`;
  try {
    copyFile(machine, tarPath, temporary, how === 'trusted' ? null : { digest: id, what: 'a layer' });
    machine.files.rename(temporary, path);
  } catch (error) {
    if (machine.files.exists(temporary)) machine.files.unlink(temporary);
    throw error;
  }
};

export const ingestBlobs = (machine: Machine, image: Image, store: Store, how: IngestHow): void => {
  const folder = blobFolder(store);
  if (!machine.files.exists(folder)) machine.files.mkdir(folder, FOLDER_MODE);
  for (const layer of blobLayers(image)) {
    const path = join(folder, layer.id);
    if (!machine.files.exists(path)) putBlob(machine, layer, path, how);
  }
};

export const blobIdsOf = ({ layers }: Image): ReadonlySet<string> => new Set(layers.map(({ id }) => id));

/** Removes the folder of an empty store that keeps nothing. */
export const collectBlobs = (
  { files }: Machine,
  store: Store,
  keep: readonly Image[],
): CollectFacts | null => {
  const folder = blobFolder(store);
  if (!files.exists(folder)) return null;
  const from = process.hrtime.bigint();
  const live = new Set(keep.flatMap(({ layers }) => layers.map(({ id }) => id)));
  const marked = process.hrtime.bigint();
  const names = files.names(folder);
  const dead = names.filter((name) => !live.has(name));
  for (const name of dead) files.unlink(join(folder, name));
  if (store.state === 'empty' && keep.length === 0) files.rmdir(folder);
  return {
    markNs: Number(marked - from),
    sweepNs: Number(process.hrtime.bigint() - marked),
    liveCount: live.size,
    liveBytes: live.size * DIGEST_BYTES,
    keptCount: names.length - dead.length,
    removedCount: dead.length,
  };
};
