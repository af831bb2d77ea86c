// Features of this machine, found by mounting an empty image.

import { imageBytes } from '../erofs/writer.ts';
import { newTreeBuilder } from '../model/columns.ts';
import type { Features } from '../model/machine.ts';
import { PLAIN_DIRECTORY } from '../model/tree.ts';
import { serverPath } from '../native/paths.ts';
import { compileAtFirstUse } from '../sys/compile-native.ts';
import { findFeatures } from '../sys/features/find.ts';

const emptyImage = (): Uint8Array => {
  const builder = newTreeBuilder();
  builder.add(-1, '', PLAIN_DIRECTORY);
  return imageBytes(builder.finish());
};

export const discoverFeatures = async (workDir: string): Promise<Features> => {
  await compileAtFirstUse();
  return findFeatures({ workDir, imageBytes: emptyImage(), serverPath });
};
