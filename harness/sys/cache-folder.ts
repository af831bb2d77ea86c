// The folder of files that are kept between runs: `cfsbench/NAME` of the user's cache folder, with the mark of cfsbench, so that
// `cfsbench clean --cache` finds and removes it.
//
// Does:    makes the folder with mode 0700, and locks it as long as it is open.
// Error:   null if the user has no cache folder of their own, another process uses it, or something else lies there.
// Leaves:  the folder, on purpose.
// Source:  XDG Base Directory Specification: XDG_CACHE_HOME, by default ~/.cache.
import { join } from 'node:path';
import { CACHE, makeEach, ownPlace } from '../native/own-place.ts';
import type { OpenFolder } from './folder-lock.ts';
import { inspectFolder, isMarked, makeMarkedFolder, removeMarkedFolder } from './marked-folder.ts';

/** The caller closes it. */
export const openCacheFolder = async (name: string): Promise<OpenFolder | null> => {
  const place = ownPlace(CACHE);
  if (place === null) return null;
  const path = join(makeEach(place), name);
  try {
    const found = inspectFolder(path);
    if (found.kind === 'left' && isMarked(found.folder)) return found.folder;
    if (found.kind === 'left') await removeMarkedFolder(found.folder);
    return found.kind === 'left' || found.kind === 'gone'
      ? makeMarkedFolder(path, { run: `the cache of ${name}`, results: null })
      : null;
  } catch {
    return null; // A run does without: a full disk, or a process that makes it at the same time.
  }
};
