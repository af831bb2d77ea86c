// Forms of overlayfs mounts.
import type { MountOption } from '../../model/calls.ts';
import { files } from '../files.ts';
import { mounts } from '../mounts.ts';
import { type FeatureGroup, type FeatureTest, subfolder, tryMount, withShortPath } from './feature.ts';
import { forRoot, kernelOption } from './hints.ts';

const REDIRECTS: readonly MountOption[] = [
  ['metacopy', 'on'],
  ['redirect_dir', 'on'],
];

const mountsWith =
  (options: (lower: string, data: string) => readonly MountOption[]): FeatureTest =>
  (setting) =>
    withShortPath(subfolder(setting, 'lower'), (lower) =>
      withShortPath(subfolder(setting, 'data'), (data) => {
        tryMount('overlay', options(lower, data));
        return 'mounted';
      }),
    );

const mountsDetachedLayer: FeatureTest = (setting) => {
  const detached = mounts.create('tmpfs', [], ['ro']);
  try {
    return withShortPath(subfolder(setting, 'data'), (data) => {
      tryMount('overlay', [['lowerdir+', detached], ['datadir+', data], ...REDIRECTS]);
      return 'accepts a detached mount as a layer';
    });
  } finally {
    files.close(detached);
  }
};

export const overlay: FeatureGroup<
  | 'overlay'
  | 'overlay-data-layers'
  | 'overlay-double-colon'
  | 'overlay-metacopy'
  | 'overlay-verity'
  | 'overlay-layer-fds'
  | 'overlay-single-layers'
  | 'overlay-user-xattr'
  | 'overlay-user-data-layers'
> = {
  overlay: {
    test: mountsWith((lower, data) => [['lowerdir', `${lower}:${data}`]]),
    hint: kernelOption('CONFIG_OVERLAY_FS', 'overlay'),
  },
  'overlay-data-layers': {
    test: mountsWith((lower, data) => [['lowerdir+', lower], ['datadir+', data], ...REDIRECTS]),
    hint: forRoot('Linux 6.8 or later; older kernels may support the double-colon form'),
  },
  'overlay-double-colon': {
    test: mountsWith((lower, data) => [['lowerdir', `${lower}::${data}`], ...REDIRECTS]),
    hint: forRoot('Linux 6.5 or later'),
  },
  'overlay-metacopy': {
    test: mountsWith((lower, data) => [['lowerdir', `${lower}:${data}`], ...REDIRECTS]),
    hint: forRoot('Linux 4.19 or later'),
  },
  'overlay-verity': {
    test: mountsWith((lower, data) => [
      ['lowerdir', `${lower}::${data}`],
      ...REDIRECTS,
      ['verity', 'require'],
    ]),
    hint: forRoot('Linux 6.6 or later'),
  },
  'overlay-layer-fds': {
    test: mountsDetachedLayer,
    hint: forRoot('Linux 6.13 or later; older kernels get paths'),
  },
  'overlay-single-layers': {
    test: mountsWith((lower, data) => [
      ['lowerdir+', lower],
      ['lowerdir+', data],
    ]),
    hint: () => 'Linux 6.8 or later; older kernels get all layers in one string',
  },
  'overlay-user-xattr': {
    test: mountsWith((lower, data) => [['lowerdir', `${lower}:${data}`], ['userxattr']]),
    hint: () => 'Linux 5.11 or later',
  },
  'overlay-user-data-layers': {
    test: mountsWith((lower, data) => [['lowerdir+', lower], ['datadir+', data], ['userxattr']]),
    hint: () => 'Linux 6.16 or later',
  },
};
