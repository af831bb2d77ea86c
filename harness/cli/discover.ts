// Features of this machine, found by mounting a small image.
import { accessSync, constants, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { visible } from '../../results/visible.ts';
import { probeImage } from '../erofs/probe-image.ts';
import type { Features } from '../model/machine.ts';
import { serverPath } from '../native/paths.ts';
import { compileAtFirstUse } from '../sys/compile-native.ts';
import { existingFolder, findFeatures } from '../sys/features/find.ts';
import { RUNS } from './runs-folder.ts';

export const discoverFeatures = async (workDir: string): Promise<Features> => {
  await compileAtFirstUse();
  return findFeatures({ workDir, imageBytes: probeImage(), serverPath });
};

const isWritableFolder = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

/** What a file system can do is asked where `run` would work: a folder for temporary files may lie on another one. */
export const folderToTry = (work: string | undefined): string => {
  if (work !== undefined) return work;
  const parent = existingFolder(RUNS);
  return isWritableFolder(parent) ? parent : tmpdir();
};

/** `folder`: as it was passed to `discoverFeatures`. */
export const triedSentence = (folder: string, features: Features): string => {
  const { ok, detail } = features['work-file-system'];
  return `Features were tried in ${visible(existingFolder(folder))}${ok ? ` (${visible(detail)})` : ''}.`;
};
