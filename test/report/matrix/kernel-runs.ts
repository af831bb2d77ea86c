// Attacks under four kernels of Debian, in virtual machines:
//   cfsbench vm --matrix --kernel deb:6.1 --kernel deb:6.12 --kernel deb:6.18 --kernel deb:7.3 --out DIR -- run --count-only
//     --count-passes 1 --budget 90m --images synthetic:files=150,layers=2,seed=versions --scenarios enable-verity,tamper,enforced
//     --backends composefs-fuse,erofs-overlay,unpacked-overlay,erofs-metacopy-loop,erofs-overlay-verity,composefs-fuse-verity,
//       erofs-full,erofs-blobs,erofs-full-inode-share,erofs-full-dmverity,squashfs-full-dmverity,erofs-overlay-dmverity
// make-kernels-main.ts makes kernels.json.gz from DIR.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { RunFile, Sample } from '../../../results/schema/run.ts';

export const KERNELS_FILE = fileURLToPath(
  new URL('../../../../test/report/matrix/kernels.json.gz', import.meta.url),
);

export interface KernelRun {
  readonly run: RunFile;
  readonly samples: readonly Sample[];
}

/** Oldest kernel first. */
export const kernelRuns = (): readonly KernelRun[] =>
  JSON.parse(gunzipSync(readFileSync(KERNELS_FILE)).toString('utf8')) as readonly KernelRun[];
