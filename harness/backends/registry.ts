// All backends, in the order of the tables: the three headline backends, then the variants.
import type { Backend } from '../model/backend.ts';
import { backend as composefsFuse } from './composefs-fuse.ts';
import { backend as composefsFuseLazy } from './composefs-fuse-lazy.ts';
import { backend as composefsFuseNoacl } from './composefs-fuse-noacl.ts';
import { backend as composefsFuseNoxattr } from './composefs-fuse-noxattr.ts';
import { backend as composefsFuseOverlay } from './composefs-fuse-overlay.ts';
import { backend as composefsFusePassthrough } from './composefs-fuse-passthrough.ts';
import { backend as composefsFuseReference } from './composefs-fuse-reference.ts';
import { backend as composefsFuseShared } from './composefs-fuse-shared.ts';
import { backend as composefsFuseVerity } from './composefs-fuse-verity.ts';
import { backend as erofsBlobs } from './erofs-blobs.ts';
import { backend as erofsFscache } from './erofs-fscache.ts';
import { backend as erofsFull } from './erofs-full.ts';
import { backend as erofsFullDmverity } from './erofs-full-dmverity.ts';
import { backend as erofsFullInodeShare } from './erofs-full-inode-share.ts';
import { backend as erofsMetacopyLoop } from './erofs-metacopy-loop.ts';
import { backend as erofsOnly } from './erofs-only.ts';
import { backend as erofsOverlay } from './erofs-overlay.ts';
import { backend as erofsOverlayDmverity } from './erofs-overlay-dmverity.ts';
import { backend as erofsOverlayLoop } from './erofs-overlay-loop.ts';
import { backend as erofsOverlayLoopDio } from './erofs-overlay-loop-dio.ts';
import { backend as erofsOverlayNoFilter } from './erofs-overlay-no-filter.ts';
import { backend as erofsOverlayNoacl } from './erofs-overlay-noacl.ts';
import { backend as erofsOverlayVerity } from './erofs-overlay-verity.ts';
import { backend as hardlinkCheckout } from './hardlink-checkout.ts';
import { backend as hardlinkCheckoutDirect } from './hardlink-checkout-direct.ts';
import { backend as hardlinkCheckoutUnlinkat } from './hardlink-checkout-unlinkat.ts';
import { backend as incrementalFs } from './incremental-fs.ts';
import { backend as mountComposefs } from './mount-composefs.ts';
import { backend as ostreeCheckout } from './ostree-checkout.ts';
import { backend as ostreeComposefs } from './ostree-composefs.ts';
import { backend as plainDirectory } from './plain-directory.ts';
import { backend as reflinkCheckout } from './reflink-checkout.ts';
import { backend as squashfsFull } from './squashfs-full.ts';
import { backend as squashfsFullDmverity } from './squashfs-full-dmverity.ts';
import { backend as unpackedOverlay } from './unpacked-overlay.ts';
import { backend as unpackedOverlayUnlinkat } from './unpacked-overlay-unlinkat.ts';

export const backends: readonly Backend[] = [
  composefsFuse,
  erofsOverlay,
  unpackedOverlay,
  erofsOnly,
  erofsOverlayLoop,
  erofsOverlayLoopDio,
  erofsOverlayDmverity,
  erofsMetacopyLoop,
  erofsOverlayVerity,
  composefsFuseVerity,
  erofsOverlayNoacl,
  erofsOverlayNoFilter,
  plainDirectory,
  mountComposefs,
  composefsFuseReference,
  erofsFull,
  erofsFullDmverity,
  erofsFullInodeShare,
  erofsBlobs,
  squashfsFull,
  squashfsFullDmverity,
  hardlinkCheckout,
  hardlinkCheckoutDirect,
  hardlinkCheckoutUnlinkat,
  reflinkCheckout,
  ostreeCheckout,
  ostreeComposefs,
  unpackedOverlayUnlinkat,
  composefsFuseNoacl,
  composefsFuseNoxattr,
  composefsFusePassthrough,
  composefsFuseOverlay,
  composefsFuseShared,
  composefsFuseLazy,
  erofsFscache,
  incrementalFs,
];
