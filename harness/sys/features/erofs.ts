// EROFS mounts and the tools of EROFS and composefs.
import { dirname } from 'node:path';
import { mounts } from '../mounts.ts';
import {
  type FeatureGroup,
  installed,
  subfolder,
  toolLine,
  tryLoopMount,
  tryMount,
  withShortPath,
} from './feature.ts';
import { kernelOption, packages } from './hints.ts';

const COMPOSEFS_PACKAGE = `${packages('composefs')} (Debian has it from 13 on)`;

export const erofs: FeatureGroup<
  'erofs-file' | 'erofs-loop' | 'mkfs-erofs' | 'mkcomposefs' | 'mount-composefs' | 'composefs-fuse'
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
