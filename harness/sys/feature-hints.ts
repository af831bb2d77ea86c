// What to do where a feature is missing: exact commands for the package managers, or why nothing can be done here.
import type { FeatureId } from '../model/machine.ts';
import { isWsl, whyRefused } from './namespace-hints.ts';
import { isRealRoot } from './namespace-probe.ts';

const install = (debian: string, fedora = debian, arch = debian): string =>
  `apt install ${debian}, dnf install ${fedora}, or pacman -S ${arch}`;

const AS_ROOT = 'run as root, outside of containers';

const kernel = (option: string, module: string): string => {
  if (!isRealRoot()) return AS_ROOT;
  return isWsl()
    ? `this is WSL: build its kernel with ${option}`
    : `modprobe ${module} (in a container: on its host); the kernel needs ${option}`;
};

const newer = (version: string): string => (isRealRoot() ? version : AS_ROOT);

/** Hints are computed only for what is missing. */
const HINTS: Readonly<Record<FeatureId, () => string>> = {
  root: () => 'run as root, outside of containers: EROFS mounts, BPF and cold caches need it',
  'mount-namespace': whyRefused,
  'pid-namespace': whyRefused,
  'user-namespace': whyRefused,
  'sub-ids': () =>
    `${install('uidmap', 'shadow-utils', 'shadow')}; usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER`,
  'erofs-file': () => kernel('CONFIG_EROFS_FS_BACKED_BY_FILE=y (Linux 6.12)', 'erofs'),
  'erofs-loop': () => kernel('CONFIG_EROFS_FS and CONFIG_BLK_DEV_LOOP', 'erofs loop'),
  overlay: () => kernel('CONFIG_OVERLAY_FS', 'overlay'),
  'overlay-data-layers': () => newer('Linux 6.8 or later; older kernels may take the double-colon form'),
  'overlay-double-colon': () => newer('Linux 6.5 or later'),
  'overlay-layer-fds': () => newer('Linux 6.13 or later; older kernels are given paths'),
  'overlay-single-layers': () => 'Linux 6.8 or later; older kernels are given all layers in one string',
  'overlay-user-xattr': () => 'Linux 5.11 or later',
  'overlay-user-data-layers': () => 'Linux 6.16 or later',
  'fuse-passthrough': () => newer('Linux 6.9 or later with CONFIG_FUSE_PASSTHROUGH=y'),
  'fuse-uring': () =>
    'Linux 6.14 or later with CONFIG_FUSE_IO_URING=y; as root: echo Y > /sys/module/fuse/parameters/enable_uring',
  fuse: () =>
    isRealRoot()
      ? kernel('CONFIG_FUSE_FS', 'fuse')
      : 'chmod 0666 /dev/fuse as root (udev does it where libfuse is installed), or run as root',
  'timed-calls': () => `${install('gcc libc6-dev', 'gcc glibc-devel', 'gcc')}; then npm run build`,
  'cfs-fuse': () => `${install('gcc libc6-dev', 'gcc glibc-devel', 'gcc')}; then npm run build`,
  'bpf-ledger': () =>
    isRealRoot()
      ? 'the kernel needs CONFIG_BPF_SYSCALL and CONFIG_BPF_EVENTS, and no lockdown (cat /sys/kernel/security/lockdown)'
      : AS_ROOT,
  strace: () => install('strace'),
  'drop-caches': () => AS_ROOT,
  residency: () => 'run as the owner of the work folder',
  'page-frames': () => AS_ROOT,
  'fs-verity': () =>
    'a kernel with CONFIG_FS_VERITY, and a work file system that has it: tune2fs -O verity on ext4, or btrfs',
  'work-reflink': () =>
    'a work folder on XFS, btrfs or bcachefs: --work DIR; else an XFS on a loop file is used',
  'xfs-loop': () => (isRealRoot() ? `${install('xfsprogs')}; modprobe xfs loop` : AS_ROOT),
  'ext4-loop': () => (isRealRoot() ? `${install('e2fsprogs')}; modprobe ext4 loop` : AS_ROOT),
  'mkfs-erofs': () => install('erofs-utils'),
  mkcomposefs: () => `${install('composefs')} (Debian has it from 13 on); only the scenario build needs it`,
  'gnu-time': () => `${install('time')} (GNU time); without it build tells no peak of memory`,
  mksquashfs: () => install('squashfs-tools'),
  'squashfs-loop': () => (isRealRoot() ? `${install('squashfs-tools')}; modprobe squashfs loop` : AS_ROOT),
  'memory-group': () =>
    newer('mount a cgroup file system with the memory controller and let this process write to it'),
  'dm-verity': () =>
    isRealRoot()
      ? `${install('dmsetup', 'device-mapper')}; modprobe dm-verity; the kernel needs CONFIG_DM_VERITY`
      : AS_ROOT,
  tar: () => `${install('tar')} (GNU tar)`,
  rm: () => install('coreutils'),
  cp: () => install('coreutils'),
  sha256sum: () => install('coreutils'),
  stat: () => install('coreutils'),
  find: () => install('findutils'),
  'composefs-fuse': () =>
    'build the composefs project with -Dfuse=enabled and put composefs-fuse on PATH; only the backend composefs-fuse-reference needs it',
  'mount-composefs': () =>
    `${install('composefs')} (Debian has it from 13 on); only the backend mount-composefs needs it`,
  ls: () => install('coreutils'),
  'work-file-system': () => 'give a folder on a disk: --work DIR',
};

export const hintFor = (id: FeatureId): string => HINTS[id]();
