// Features that several backends need, each with the title that `doctor` and skips print.
import type { Need } from '../model/machine.ts';

export const ROOT: Need = { title: 'root in the initial user namespace', anyOf: ['root'] };
export const EROFS: Need = { title: 'EROFS mounts', anyOf: ['erofs-file', 'erofs-loop'] };
export const EROFS_LOOP: Need = { title: 'EROFS over loop devices', anyOf: ['erofs-loop'] };
export const OVERLAY: Need = { title: 'overlayfs', anyOf: ['overlay'] };
/** Overlayfs as root, or in a user namespace with user.overlay.* attributes. */
export const OVERLAY_ANYWHERE: Need = { title: 'overlayfs', anyOf: ['overlay', 'overlay-user-xattr'] };
export const DATA_LOWERS: Need = {
  title: 'overlayfs with data-only lowers',
  anyOf: ['overlay-data-layers', 'overlay-double-colon'],
};
export const METACOPY_LOWERS: Need = {
  title: 'overlayfs with redirects into a plain lower',
  anyOf: ['overlay-metacopy'],
};
export const OVERLAY_VERITY: Need = { title: 'overlayfs with verity=require', anyOf: ['overlay-verity'] };
export const FS_VERITY: Need = { title: 'fs-verity on the work file system', anyOf: ['fs-verity'] };
export const DM_VERITY: Need = { title: 'dm-verity', anyOf: ['dm-verity'] };
export const VERITYSETUP: Need = { title: 'veritysetup', anyOf: ['veritysetup'] };
export const DATA_LOWERS_ANYWHERE: Need = {
  title: 'overlayfs with data-only lowers',
  anyOf: ['overlay-data-layers', 'overlay-double-colon', 'overlay-user-data-layers'],
};
export const FUSE_DEVICE: Need = { title: 'a FUSE device that opens', anyOf: ['fuse'] };
export const FUSE_SERVER: readonly Need[] = [
  FUSE_DEVICE,
  { title: 'the compiled server cfs-fuse', anyOf: ['cfs-fuse'] },
];
export const TAR: Need = { title: 'GNU tar', anyOf: ['tar'] };
export const RM: Need = { title: 'rm', anyOf: ['rm'] };
export const CP: Need = { title: 'GNU cp', anyOf: ['cp'] };
export const TIMED_CALLS: Need = { title: 'the compiled calls of timed windows', anyOf: ['timed-calls'] };
