// The server gives metadata only; an overlayfs above it reads objects as a data-only lower, as it does over EROFS.
//
// Needs:   overlayfs with data-only lowers; in a user namespace one that allows them with user.overlay.* attributes.
// Does:    a FUSE mount, and an overlay mount over it at the same place.
// Leaves:  nothing when it dies inside a private mount namespace; the server ends with its parent.
// Source:  Documentation/filesystems/overlayfs.rst (data-only lower layers, user xattr).
import type { Backend, Mounted, Store } from '../model/backend.ts';
import type { MountOption, Text } from '../model/calls.ts';
import type { Machine } from '../model/machine.ts';
import {
  checkServerOption,
  detach,
  FUSE_NEEDS,
  serveOne,
  TRANSPORT_OPTIONS,
  transportOf,
} from './fuse-server.ts';
import { type MountManifest, manifestLifecycle, mountWith } from './manifest.ts';
import { joined, type LayerPaths, layerPaths } from './overlay-layers.ts';

const REDIRECTS: readonly MountOption[] = [
  ['metacopy', 'on'],
  ['redirect_dir', 'on'],
];

type LayerForm = 'root' | 'root, one string' | 'user';

const formOf = ({ features }: Machine): LayerForm =>
  !features.root.ok ? 'user' : features['overlay-data-layers'].ok ? 'root' : 'root, one string';

const optionsOf = (form: LayerForm, lower: Text, store: Store, paths: LayerPaths): readonly MountOption[] => {
  const data = store.objectDirs.map((dir) => paths.short(dir));
  if (form === 'root, one string') return [['lowerdir', joined([lower, ...data], '::')], ...REDIRECTS];
  const layers: readonly MountOption[] = [
    ['lowerdir+', lower],
    ...data.map((dir): MountOption => ['datadir+', dir]),
  ];
  // With user.overlay.* the kernel follows to data-only layers, and to nothing else, without being told.
  return form === 'user' ? [...layers, ['userxattr']] : [...layers, ...REDIRECTS];
};

const stack = (machine: Machine, store: Store, at: string): LayerForm => {
  const form = formOf(machine);
  machine.calls((list) => {
    const paths = layerPaths(list);
    const options = optionsOf(form, paths.short(at), store, paths);
    list.attach(list.create('overlay', options, ['ro', 'nosuid', 'nodev']), at);
    paths.close();
  });
  return form;
};

export const backend: Backend = {
  id: 'composefs-fuse-overlay',
  title: 'metadata over FUSE + overlayfs',
  how: 'cfs-fuse serves only the metadata of the manifest; a read-only overlayfs above it reads contents from the object store as a data-only lower.',
  answers: 'Is it the metadata or the contents that cost time over FUSE?',
  idle: [],
  needs: [
    ...FUSE_NEEDS,
    {
      title: 'overlayfs with data-only lowers',
      anyOf: ['overlay-data-layers', 'overlay-double-colon', 'overlay-user-data-layers'],
    },
  ],
  shows: 'contents',
  options: TRANSPORT_OPTIONS,
  checkOptions: checkServerOption,
  async prepare(image, machine, options) {
    transportOf(machine, options);
    const mount: MountManifest = async (manifest, store, at): Promise<Mounted> => {
      const form = { flags: ['--metadata-only'], took: {} };
      const serving = serveOne(machine, options, form, { manifest, store, at });
      const abandon = (): void => {
        detach(machine, at);
        detach(machine, at);
        serving.stop();
      };
      let layers: LayerForm;
      try {
        layers = stack(machine, store, at);
      } catch (error) {
        abandon();
        throw error;
      }
      return {
        root: at,
        fsType: 'overlay',
        servers: [serving.pid],
        took: { ...serving.took, layers },
        held: serving.held,
        async unmount() {
          machine.calls((list) => {
            list.unmount(at);
            list.unmount(at);
          });
        },
        settle: serving.settle,
        abandon,
      };
    };
    return manifestLifecycle(image, machine, mountWith(image, machine, mount, 'over'));
  },
};
