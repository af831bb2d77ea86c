// The local store of one slot, or of the whole run: brings objects in, and removes those that no image needs.
//
// Needs:   a file system that holds files named by 64 hex digits.
// Does:    ingest: one existence check per object; for each missing one a read of the pack, open, write, close, rename. An empty
//          store is really empty: its object folders are made on the way, `ab` when the first object comes that belongs into it.
//          collect: a walk of the kept manifests, a listing of the object folders, one unlink per dead object; an empty store
//          that is to keep nothing goes with its folders.
// Cost:    all of it is what a runtime would do, and is timed and counted as such.
// Leaves:  a temporary file beside the object folders when it dies between open and rename.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Ingested, Store } from '../model/backend.ts';
import type { Files } from '../model/machine.ts';
import { makeObjectFolders } from './objects.ts';
import { collectStepwise, ingestStepwise } from './stepwise.ts';

export interface StoreOptions {
  readonly state: 'empty' | 'full';
  /** Folder of this store. */
  readonly dir: string;
  readonly files: Files;
  /** For a backend that keeps layers alone: it has no object folders. */
  readonly layersOnly?: boolean;
  /** Further folders to spread the objects over, each on a file system of its own for instance. */
  readonly more?: readonly string[];
}

/** Where the objects of the store in `dir` are. */
export const objectDirOf = (dir: string): string => join(dir, 'objects');

/** A full store has all folders from the start, an empty one none but that of its layers. */
export const createStore = ({ state, dir, files, layersOnly = false, more = [] }: StoreOptions): Store => {
  const objectDirs = layersOnly ? [] : [dir, ...more].map(objectDirOf);
  const layerDir = join(dir, 'layers');
  if (state === 'full') for (const objectDir of objectDirs) makeObjectFolders(objectDir);
  mkdirSync(layerDir, { recursive: true });
  for (const one of more) mkdirSync(one, { recursive: true });
  let ingested: Ingested = { verity: null };
  const { batch } = files;
  return {
    state,
    objectDirs,
    layerDir,
    ingested: () => ingested,
    ingest(image, how = 'trusted') {
      const work = {
        packPath: image.packPath,
        dirs: objectDirs,
        objects: image.objects,
        offsets: image.packOffsets,
        makesFolders: state === 'empty',
        digests: how === 'digested',
      };
      if (objectDirs.length === 0) return;
      const inOne = batch !== null && (how === 'trusted' || batch.canDigest);
      ingested = inOne ? batch.ingest(work) : ingestStepwise(files, work);
    },
    collect(keep) {
      const work = {
        dirs: objectDirs,
        keep: keep.map(({ manifest }) => manifest),
        removesFolders: state === 'empty' && keep.length === 0,
      };
      if (batch === null) collectStepwise(files, work);
      else batch.collect(work);
    },
  };
};

/** The same objects, and an empty folder for layers: every file of an image is here, and no layer is unpacked. */
export const withOwnLayers = (store: Store, dir: string): Store => {
  const layerDir = join(dir, 'layers');
  mkdirSync(layerDir, { recursive: true });
  return { ...store, layerDir };
};
