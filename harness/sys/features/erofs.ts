// EROFS mounts and the tools of EROFS and composefs.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nameDigests, SHARE_OPTIONS } from '../../model/inode-digests.ts';
import { files } from '../files.ts';
import { mounts } from '../mounts.ts';
import { pageFrames } from '../page-frames.ts';
import {
  type FeatureGroup,
  installed,
  missing,
  subfolder,
  toolLine,
  tryLoopMount,
  tryMount,
  withShortPath,
} from './feature.ts';
import { forRoot, kernelOption, packages } from './hints.ts';

const COMPOSEFS_PACKAGE = `${packages('composefs')} (Debian has it from 13 on)`;

const SUPERBLOCK_AT = 1024;
/** In the zeros before the superblock. */
const DEVICE_SLOT_AT = 128;

/** The image with one further device, which holds nothing. Offsets are those of erofs_super_block and erofs_deviceslot. */
const withOneDevice = (image: Buffer): Buffer => {
  const changed = Buffer.from(image);
  changed.write('blob', DEVICE_SLOT_AT, 'latin1');
  changed.writeUInt32LE(1, DEVICE_SLOT_AT + 64);
  changed.copy(changed, DEVICE_SLOT_AT + 68, SUPERBLOCK_AT + 36, SUPERBLOCK_AT + 40);
  changed.writeUInt32LE(8, SUPERBLOCK_AT + 80);
  changed.writeUInt16LE(1, SUPERBLOCK_AT + 86);
  changed.writeUInt16LE(1, SUPERBLOCK_AT + 88);
  return changed;
};

/** The path of the only file of a detached mount. */
const onlyFileOf = (mount: number): string => {
  const root = `/proc/self/fd/${mount}`;
  const [name = missing('the mount of a test image is empty')] = readdirSync(root);
  return `${root}/${name}`;
};

/**
 * A kernel that is built without sharing may accept the options and mount, so the pages themselves are compared: the file is read through
 * the first mount only, and is then cached at the same place behind the second one.
 */
const sharesPages = (image: string, opened: number[]): boolean => {
  for (let i = 0; i < 2; i++)
    opened.push(mounts.create('erofs', [['source', image], ...SHARE_OPTIONS], ['ro', 'nosuid', 'nodev']));
  const [first = '', second = ''] = opened.map(onlyFileOf);
  readFileSync(first);
  const [frame] = pageFrames(first).frames;
  return frame !== undefined && frame !== 0 && pageFrames(second).frames[0] === frame;
};

export const erofs: FeatureGroup<
  | 'erofs-file'
  | 'erofs-loop'
  | 'erofs-devices'
  | 'erofs-inode-share'
  | 'erofs-fscache'
  | 'mkfs-erofs'
  | 'mkcomposefs'
  | 'mount-composefs'
  | 'composefs-fuse'
> = {
  'erofs-file': {
    test: ({ imagePath }) =>
      withShortPath(dirname(imagePath), (dir) => {
        tryMount('erofs', [['source', `${dir}/image`]]);
        return 'mounted from a file';
      }),
    hint: kernelOption('CONFIG_EROFS_FS_BACKED_BY_FILE=y (Linux 6.12)', 'erofs'),
  },
  'erofs-loop': {
    test: ({ imagePath }) => `mounted from ${tryLoopMount('erofs', imagePath).device}`,
    hint: kernelOption('CONFIG_EROFS_FS and CONFIG_BLK_DEV_LOOP', 'erofs loop'),
  },
  'erofs-devices': {
    test: (setting) => {
      const dir = subfolder(setting, 'devices');
      writeFileSync(join(dir, 'image'), withOneDevice(readFileSync(setting.imagePath)));
      writeFileSync(join(dir, 'blob'), Buffer.alloc(4096));
      return withShortPath(dir, (short) => {
        tryMount('erofs', [
          ['source', `${short}/image`],
          ['device', `${short}/blob`],
        ]);
        return 'mounted with a file as device';
      });
    },
    hint: kernelOption('CONFIG_EROFS_FS_BACKED_BY_FILE=y (Linux 6.12)', 'erofs'),
  },
  'erofs-inode-share': {
    test(setting) {
      const dir = subfolder(setting, 'shared');
      const image = readFileSync(setting.imagePath);
      nameDigests(image);
      writeFileSync(join(dir, 'image'), image);
      const opened: number[] = [];
      try {
        return withShortPath(dir, (short) => sharesPages(`${short}/image`, opened))
          ? 'two mounts show the same page of equal files'
          : missing('inode_share is accepted, but pages of equal files are not shared');
      } finally {
        for (const fd of opened) files.close(fd);
      }
    },
    hint: forRoot('Linux 7.0 or later with CONFIG_EROFS_FS_PAGE_CACHE_SHARE=y'),
  },
  'erofs-fscache': {
    test() {
      tryMount('erofs', [['fsid', 'cfsbench']]);
      return 'mounted by fsid=';
    },
    hint: forRoot(
      'a kernel with CONFIG_EROFS_FS_ONDEMAND, which distributions do not set and newer kernels no longer have',
    ),
  },
  'mkfs-erofs': { test: () => installed('mkfs.erofs'), hint: () => packages('erofs-utils') },
  mkcomposefs: {
    test: () => installed('mkcomposefs'),
    hint: () => `${COMPOSEFS_PACKAGE}; only the scenario build needs it`,
  },
  'mount-composefs': {
    test(setting) {
      const at = subfolder(setting, 'composefs');
      toolLine('mount.composefs', '-o', `basedir=${subfolder(setting, 'data')}`, setting.imagePath, at);
      mounts.unmount(at);
      return `${installed('mount.composefs')} mounts`;
    },
    hint: () => `${COMPOSEFS_PACKAGE}; only the backend mount-composefs needs it`,
  },
  'composefs-fuse': {
    test: () => toolLine('composefs-fuse', '--version'),
    hint: () =>
      'build the composefs project with -Dfuse=enabled and put composefs-fuse on PATH; only the backend composefs-fuse-reference needs it',
  },
};
