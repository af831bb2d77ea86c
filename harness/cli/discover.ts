// What this machine can do, found by trying with the smallest image there is.
import { serverPath } from '../backends/server-path.ts';
import { imageBytes } from '../erofs/writer.ts';
import { newTreeBuilder } from '../model/columns.ts';
import type { Features } from '../model/machine.ts';
import { S_IFDIR } from '../model/tree.ts';
import { findFeatures } from '../sys/features.ts';

const emptyImage = (): Uint8Array => {
  const builder = newTreeBuilder();
  builder.add(-1, '', {
    mode: S_IFDIR | 0o755,
    nlink: 2,
    uid: 0,
    gid: 0,
    rdev: 0,
    size: 0n,
    mtimeSec: 0n,
    mtimeNsec: 0,
    payload: null,
    content: null,
    digest: null,
    xattrs: [],
  });
  return imageBytes(builder.finish(), {});
};

export const discoverFeatures = (workDir: string): Promise<Features> =>
  findFeatures({ workDir, imageBytes: emptyImage(), serverPath });
