// The server gives metadata only; an overlayfs above it reads objects as a data-only lower, as it does over EROFS.
//
// Needs:   overlayfs with data-only lowers; in a user namespace one that allows them with user.overlay.* attributes.
// Does:    a FUSE mount, and an overlay mount over it at the same path.
// Leaves:  nothing when it dies inside a private mount namespace; the server ends with its parent.
// Source:  Documentation/filesystems/overlayfs.rst (data-only lower layers, user xattr).
import type { Backend, Store } from '../model/backend.ts';
import type { CallText, MountOption } from '../model/calls.ts';
import type { Machine } from '../model/machine.ts';
import { checkServerOption, serveOne, TRANSPORT_OPTIONS, transportOf } from './fuse-server.ts';
import { type MountManifest, manifestLifecycle, mountWith } from './manifest.ts';
import { DATA_LOWERS_ANYWHERE, FUSE_SERVER } from './needs.ts';
import { joined, type LayerPaths, layerPaths } from './overlay-layers.ts';
import { detachServed, type ServedMount, servedMount } from './served-mount.ts';

const REDIRECTS: readonly MountOption[] = [
  ['metacopy', 'on'],
  ['redirect_dir', 'on'],
];

type DataForm = 'root' | 'root, one string' | 'user';

const formOf = ({ features }: Machine): DataForm =>
  !features.root.ok ? 'user' : features['overlay-data-layers'].ok ? 'root' : 'root, one string';

const optionsOf = (
  form: DataForm,
  lower: CallText,
  store: Store,
  paths: LayerPaths,
): readonly MountOption[] => {
  const data = store.objectDirs.map((dir) => paths.optionPath(dir));
  if (form === 'root, one string') return [['lowerdir', joined([lower, ...data], '::')], ...REDIRECTS];
  const layers: readonly MountOption[] = [
    ['lowerdir+', lower],
    ...data.map((dir): MountOption => ['datadir+', dir]),
  ];
  // With user.overlay.* the kernel follows redirects into data-only layers without options.
  return form === 'user' ? [...layers, ['userxattr']] : [...layers, ...REDIRECTS];
};

const attachOverlay = (machine: Machine, store: Store, at: string): DataForm => {
  const form = formOf(machine);
  machine.calls((list) => {
    const paths = layerPaths(list);
    const options = optionsOf(form, paths.optionPath(at), store, paths);
    list.attach(list.create('overlay', options, ['ro', 'nosuid', 'nodev']), at);
    paths.close();
  });
  return form;
};

export const backend: Backend = {
  id: 'composefs-fuse-overlay',
  title: 'metadata over FUSE + overlayfs',
  how: 'cfs-fuse serves only the metadata of the manifest; a read-only overlayfs above it reads contents from the object store as a data-only lower.',
  answers: 'Which costs time over FUSE, metadata or contents?',
  idle: [],
  needs: [...FUSE_SERVER, DATA_LOWERS_ANYWHERE],
  shows: 'contents',
  options: TRANSPORT_OPTIONS,
  checkOptions: checkServerOption,
  async prepare(image, machine, options) {
    transportOf(machine, options);
    const mount: MountManifest = async (manifest, store, at) => {
      const form = { flags: ['--metadata-only'], took: {} };
      const below = serveOne(machine, options, form, { manifest, store, at });
      const both: ServedMount = { ...below, fsType: 'overlay', mountCount: 2 };
      try {
        const layers = attachOverlay(machine, store, at);
        return servedMount(machine, { ...both, took: { ...below.took, layers } });
      } catch (error) {
        detachServed(machine, both);
        throw error;
      }
    };
    return manifestLifecycle(image, machine, mountWith(image, machine, mount, 'over'));
  },
};
