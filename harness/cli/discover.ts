// Features of this machine, found by mounting a small image.
import { probeImage } from '../erofs/probe-image.ts';
import type { Features } from '../model/machine.ts';
import { serverPath } from '../native/paths.ts';
import { compileAtFirstUse } from '../sys/compile-native.ts';
import { findFeatures } from '../sys/features/find.ts';

export const discoverFeatures = async (workDir: string): Promise<Features> => {
  await compileAtFirstUse();
  return findFeatures({ workDir, imageBytes: probeImage(), serverPath });
};
