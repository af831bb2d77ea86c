// Features of a machine: the needs of backends, probes and scenarios.

/** A feature is detected by trying it, never by version. */
export type FeatureId =
  | 'root'
  | 'mount-namespace'
  | 'pid-namespace'
  | 'user-namespace'
  | 'sub-ids'
  | 'erofs-file'
  | 'erofs-loop'
  | 'erofs-devices'
  | 'erofs-inode-share'
  | 'overlay'
  | 'overlay-data-layers'
  | 'overlay-double-colon'
  | 'overlay-metacopy'
  | 'overlay-verity'
  | 'overlay-layer-fds'
  | 'overlay-single-layers'
  | 'overlay-user-xattr'
  | 'overlay-user-data-layers'
  | 'fuse'
  | 'fuse-passthrough'
  | 'fuse-uring'
  | 'cfs-fuse'
  | 'timed-calls'
  | 'bpf-ledger'
  | 'strace'
  | 'drop-caches'
  | 'residency'
  | 'tar'
  | 'rm'
  | 'cp'
  | 'sha256sum'
  | 'stat'
  | 'find'
  | 'mount-composefs'
  | 'composefs-fuse'
  | 'ostree'
  | 'ostree-composefs'
  | 'erofs-fscache'
  | 'incremental-fs'
  | 'ls'
  | 'page-frames'
  | 'fs-verity'
  | 'work-reflink'
  | 'xfs-loop'
  | 'ext4-loop'
  | 'mkfs-erofs'
  | 'mkcomposefs'
  | 'gnu-time'
  | 'mksquashfs'
  | 'squashfs-loop'
  | 'dm-verity'
  | 'veritysetup'
  | 'memory-group'
  | 'qemu'
  | 'mmdebstrap'
  | 'mkfs-ext4'
  | 'work-file-system';

export interface FeatureState {
  readonly ok: boolean;
  /** A version, an errno or a path. */
  readonly detail: string;
  /** How to get a missing feature; empty if nothing helps. */
  readonly hint: string;
}

export type Features = Readonly<Record<FeatureId, FeatureState>>;

/** Met if the machine has one of the features. */
export interface Need {
  readonly title: string;
  readonly anyOf: readonly FeatureId[];
}
