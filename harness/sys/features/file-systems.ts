// The work file system, and file systems on loop devices.
import { realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MountOption } from '../../model/calls.ts';
import { files, O_RDONLY } from '../files.ts';
import { mountOf, readMounts } from '../mountinfo.ts';
import { enableVerity } from '../verity.ts';
import {
  type FeatureGroup,
  type FeatureTest,
  installed,
  missing,
  subfolder,
  toolLine,
  toolLines,
  tryLoopMount,
  tryMount,
} from './feature.ts';
import { forRoot, packages } from './hints.ts';

const MEMORY_FILE_SYSTEMS = ['tmpfs', 'ramfs'];
const DISK_BYTES = 2 ** 30;
const BLOCK_BYTES = 4096;
const LOOP_MOUNTED = 'made and mounted from a loop device';

const onDisk: FeatureTest = ({ workDir }) => {
  const mount = mountOf(readMounts(), realpathSync(workDir)) ?? missing('no mount contains the work folder');
  const found = `${mount.type} on ${mount.source}`;
  return MEMORY_FILE_SYSTEMS.includes(mount.type) ? missing(`${found}: that is memory, not a disk`) : found;
};

const enablesVerity: FeatureTest = (setting) => {
  const path = join(subfolder(setting, 'verity'), 'file');
  writeFileSync(path, 'x');
  const fd = files.open(path, O_RDONLY);
  try {
    enableVerity(fd);
    return 'enabled on a file of the work file system';
  } finally {
    files.close(fd);
  }
};

const sharesBlocks: FeatureTest = (setting) => {
  const dir = subfolder(setting, 'reflink');
  const [from, to] = [join(dir, 'from'), join(dir, 'to')];
  writeFileSync(from, Buffer.alloc(BLOCK_BYTES, 'x'));
  try {
    toolLine('cp', '--reflink=always', from, to);
    return 'files of the work folder can share blocks';
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

/** Runs mkfs on a sparse file and mounts it through a loop device. */
const onLoopFile =
  (type: string, [program, ...options]: readonly [string, ...string[]], noReplay: MountOption): FeatureTest =>
  (setting) => {
    const file = join(subfolder(setting, type), 'disk');
    writeFileSync(file, '');
    try {
      truncateSync(file, DISK_BYTES);
      toolLine(program, ...options, file);
      tryLoopMount(type, file, [noReplay]);
      return LOOP_MOUNTED;
    } finally {
      rmSync(file);
    }
  };

const squashfs: FeatureTest = (setting) => {
  const dir = subfolder(setting, 'squashfs');
  const file = join(dirname(dir), 'squashfs.image');
  toolLine('mksquashfs', dir, file, '-quiet', '-no-progress', '-noappend');
  tryLoopMount('squashfs', file);
  return LOOP_MOUNTED;
};

/** Checks that the driver has the target, without setting up a device. */
const dmVerity: FeatureTest = () =>
  toolLines('dmsetup', 'targets').find((line) => line.startsWith('verity')) ?? missing('no target verity');

export const fileSystems: FeatureGroup<
  | 'work-file-system'
  | 'fs-verity'
  | 'work-reflink'
  | 'xfs-loop'
  | 'ext4-loop'
  | 'mksquashfs'
  | 'squashfs-loop'
  | 'dm-verity'
  | 'veritysetup'
  | 'incremental-fs'
> = {
  'incremental-fs': {
    test() {
      tryMount('incremental-fs', []);
      return 'mounted';
    },
    hint: forRoot('a kernel of Android; mainline Linux has no Incremental FS'),
  },
  'work-file-system': { test: onDisk, hint: () => 'use a folder on a disk: --work DIR' },
  'fs-verity': {
    test: enablesVerity,
    hint: () =>
      'a kernel with CONFIG_FS_VERITY, and a work file system that supports it: tune2fs -O verity on ext4, or btrfs',
  },
  'work-reflink': {
    test: sharesBlocks,
    hint: () => 'use a work folder on XFS, btrfs or bcachefs: --work DIR; else an XFS on a loop file is used',
  },
  'xfs-loop': {
    test: onLoopFile('xfs', ['mkfs.xfs', '-q', '-K', '-m', 'reflink=1'], ['norecovery']),
    hint: forRoot(`${packages('xfsprogs')}; modprobe xfs loop`),
  },
  'ext4-loop': {
    test: onLoopFile('ext4', ['mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=1,nodiscard'], ['noload']),
    hint: forRoot(`${packages('e2fsprogs')}; modprobe ext4 loop`),
  },
  mksquashfs: { test: () => installed('mksquashfs'), hint: () => packages('squashfs-tools') },
  'squashfs-loop': {
    test: squashfs,
    hint: forRoot(`${packages('squashfs-tools')}; modprobe squashfs loop`),
  },
  'dm-verity': {
    test: dmVerity,
    hint: forRoot(
      `${packages('dmsetup', 'device-mapper')}; modprobe dm-verity; the kernel needs CONFIG_DM_VERITY`,
    ),
  },
  veritysetup: {
    test: () => toolLine('veritysetup', '--version'),
    hint: () => packages('cryptsetup-bin', 'veritysetup', 'cryptsetup'),
  },
};
