// The local store of one slot, or of the whole run: brings objects in, and removes those that no image needs.
//
// Needs:   a file system that holds files named by 64 hex digits.
// Does:    ingest: one existence check per object; for each missing one a read of the pack, open, write, close, rename.
//          collect: a walk of the kept manifests, a listing of the 256 object folders, one unlink per dead object.
// Cost:    all of it is what a runtime would do, and is timed and counted as such.
// Leaves:  a temporary file beside the object folders when it dies between open and rename.
import { constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { objectPaths } from '../erofs/objects.ts';
import type { Store } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import type { Files } from '../model/machine.ts';
import { makeObjectFolders, objectPath, placeOf } from './objects.ts';
import { PackReader } from './pack.ts';

const OBJECT_MODE = 0o644;

export interface StoreOptions {
  readonly state: 'empty' | 'full';
  /** Folder of this store. */
  readonly dir: string;
  readonly files: Files;
  /** For a backend that keeps layers alone: no object folders are made, of which an empty store has 256. */
  readonly layersOnly?: boolean;
  /** Further folders to spread the objects over, each on a file system of its own for instance. */
  readonly more?: readonly string[];
}

/** Where the objects of the store in `dir` are. */
export const objectDirOf = (dir: string): string => join(dir, 'objects');

/** Makes the store's folders, which belong to setting a machine up and are no part of any phase. */
export const createStore = ({ state, dir, files, layersOnly = false, more = [] }: StoreOptions): Store => {
  const objectDirs = layersOnly ? [] : [dir, ...more].map(objectDirOf);
  const layerDir = join(dir, 'layers');
  for (const objectDir of objectDirs) makeObjectFolders(objectDir);
  mkdirSync(layerDir, { recursive: true });
  return {
    state,
    objectDirs,
    layerDir,
    ingest: (image) => ingest(image, { objectDirs, files }),
    collect: (keep) => {
      for (const objectDir of objectDirs) collect(keep, { objectDir, files });
    },
  };
};

/** The same objects, and an empty folder for layers: every file of an image is here, and no layer is unpacked. */
export const withOwnLayers = (store: Store, dir: string): Store => {
  const layerDir = join(dir, 'layers');
  mkdirSync(layerDir, { recursive: true });
  return { ...store, layerDir };
};

const ingest = (
  image: Image,
  { objectDirs, files }: { objectDirs: readonly string[]; files: Files },
): void => {
  const pack = new PackReader(image.packPath, files);
  try {
    for (const [i, object] of image.objects.entries()) {
      const objectDir = placeOf(object.digest, objectDirs);
      const path = `${objectDir}/${objectPath(object.digest)}`;
      if (files.exists(path)) continue;
      const temporary = `${objectDir}/.new`;
      const fd = files.open(
        temporary,
        constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
        OBJECT_MODE,
      );
      try {
        pack.each(image.packOffsets[i]!, object.sizeBytes, (piece) => files.write(fd, piece));
      } finally {
        files.close(fd);
      }
      files.rename(temporary, path);
    }
  } finally {
    pack.close();
  }
};

const collect = (keep: readonly Image[], { objectDir, files }: { objectDir: string; files: Files }): void => {
  const live = new Set<string>();
  for (const image of keep) for (const path of objectPaths(image.manifest)) live.add(path);
  for (const fan of files.names(objectDir)) {
    if (!/^[0-9a-f]{2}$/.test(fan)) continue;
    for (const rest of files.names(`${objectDir}/${fan}`)) {
      const path = `${fan}/${rest}`;
      if (!live.has(path)) files.unlink(`${objectDir}/${path}`);
    }
  }
};
