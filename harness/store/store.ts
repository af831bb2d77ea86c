// The local store of one slot or of the whole run: ingests objects, and removes those that no image needs.
//
// Needs:   a file system that holds files named by 64 hex digits.
// Does:    ingest: one existence check per object; per missing object a read of the pack, open, write, close, rename. An empty
//          store has no object folders: ingest makes `ab` with the first object that belongs into it.
//          collect: a walk of the kept manifests, a listing of the object folders, one unlink per dead object; an empty store
//          that keeps nothing is removed with its folders.
// Cost:    the work of a runtime, timed and counted.
// Leaves:  a temporary file beside the object folders when it dies between open and rename.
import { join } from 'node:path';
import type { Store } from '../model/backend.ts';
import type { CollectFacts, Files, Ingested } from '../model/machine.ts';
import { ensureFolder } from './folders.ts';
import { makeObjectFolders } from './objects.ts';
import { collectStepwise, ingestStepwise } from './stepwise.ts';

interface StoreOptions {
  readonly state: 'empty' | 'full';
  /** Folder of this store. */
  readonly dir: string;
  readonly files: Files;
  /** For a backend that keeps only layers: the store has no object folders. */
  readonly layersOnly?: boolean;
  /** Further folders over which objects are spread, for example one per file system. */
  readonly more?: readonly string[];
}

/** The object folder of the store in `dir`. */
export const objectDirOf = (dir: string): string => join(dir, 'objects');

/** A full store starts with all object folders, an empty store with none. */
export const createStore = ({ state, dir, files, layersOnly = false, more = [] }: StoreOptions): Store => {
  const objectDirs = layersOnly ? [] : [dir, ...more].map(objectDirOf);
  const layerDir = join(dir, 'layers');
  if (state === 'full') for (const objectDir of objectDirs) makeObjectFolders(objectDir);
  ensureFolder(layerDir);
  for (const further of more) ensureFolder(further);
  let ingested: Ingested = { verity: null, enabling: null };
  let collected: CollectFacts | null = null;
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
        digests: how,
      };
      if (objectDirs.length === 0) return;
      const compiled = batch !== null && (how === 'trusted' || batch.canDigest);
      ingested = compiled ? batch.ingest(work) : ingestStepwise(files, work);
    },
    collect(keep) {
      const work = {
        dirs: objectDirs,
        keep: keep.map((image) => image.manifestPath ?? image.manifest),
        removesFolders: state === 'empty' && keep.length === 0,
      };
      collected = batch === null ? collectStepwise(files, work) : batch.collect(work);
    },
    collected: () => collected,
  };
};

/** The same objects with an empty layer folder: all files are local, and no layer is unpacked. */
export const withOwnLayers = (store: Store, dir: string): Store => {
  const layerDir = join(dir, 'layers');
  ensureFolder(layerDir);
  return { ...store, layerDir };
};
