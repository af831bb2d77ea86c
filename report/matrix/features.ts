// Features of kernels that the matrix shows, in reading order. Programs and privileges are not among them.

export const KERNEL_FEATURES: readonly (readonly [id: string, label: string])[] = [
  ['erofs-file', 'EROFS from a file'],
  ['erofs-loop', 'EROFS over a loop device'],
  ['overlay-data-layers', 'overlayfs: data-only layers, one by one'],
  ['overlay-double-colon', 'overlayfs: data-only layers, in one string'],
  ['overlay-metacopy', 'overlayfs: redirects into a plain layer'],
  ['overlay-layer-fds', 'overlayfs: layers by descriptor'],
  ['overlay-verity', 'overlayfs: verity=require'],
  ['fs-verity', 'fs-verity on ext4'],
  ['dm-verity', 'dm-verity'],
  ['fuse', 'FUSE'],
  ['fuse-passthrough', 'FUSE passthrough'],
  ['fuse-uring', 'FUSE over io_uring'],
  ['bpf-ledger', 'counting by BPF'],
  ['squashfs-loop', 'squashfs over a loop device'],
  ['xfs-loop', 'XFS over a loop device'],
  ['page-frames', 'frame numbers of pages'],
  ['memory-group', 'peak memory of a control group'],
  ['user-namespace', 'user namespaces'],
  ['overlay-user-data-layers', 'overlayfs: data-only layers in a user namespace'],
];
