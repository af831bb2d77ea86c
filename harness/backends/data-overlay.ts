// An EROFS mount of a manifest as lower layer of an overlayfs whose data-only lower is the object store.
//
// Needs:   overlayfs with data-only lowers (Linux 6.5).
// Does:    fsopen(overlay) with the EROFS mount as lower, every object folder as data-only lower, and an upper layer where wanted.
// Leaves:  nothing when it dies inside a private mount namespace.
// Source:  Documentation/filesystems/overlayfs.rst (data-only lower layers).
import type { Mounted, Store, Writable } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import type { Machine, MountOption, Need } from '../model/machine.ts';
import { attached, letGo } from './attached.ts';
import { type LowerChoice, mountLower } from './erofs-lower.ts';
import { type MountManifest, mountWith } from './manifest.ts';
import { type LayerForm, type LayerPaths, layerForm, layerPaths } from './overlay-layers.ts';
import { attributesOf, upperOptions } from './writable.ts';

export const ROOT: Need = { title: 'root in the initial user namespace', anyOf: ['root'] };
export const DATA_LOWERS: Need = {
  title: 'overlayfs with data-only lowers',
  anyOf: ['overlay-data-layers', 'overlay-double-colon'],
};

const dataOptions = (
  form: LayerForm,
  lower: MountOption,
  store: Store,
  paths: LayerPaths,
): readonly MountOption[] => {
  const data = store.objectDirs.map((dir) => paths.short(dir));
  if (form === 'colons') return [['lowerdir', `${lower[1]}::${data.join('::')}`]];
  return [lower, ...data.map((dir): MountOption => ['datadir+', dir])];
};

interface Parts {
  readonly machine: Machine;
  readonly manifest: string;
  readonly store: Store;
  readonly at: string;
  readonly writable: Writable | undefined;
  readonly lower: LowerChoice;
}

const stack = (
  { machine, manifest, store, at, writable, lower: choice }: Parts,
  paths: LayerPaths,
): Mounted => {
  const form = layerForm(machine);
  const lower = mountLower(machine, manifest, paths, choice);
  // Kernels that cannot take a detached mount as a layer need it attached somewhere: under the future overlay itself.
  const below = form === 'fd' ? [] : [at];
  let overlay: number;
  try {
    for (const point of below) machine.mounts.attach(lower.fd, point);
    const layer: MountOption =
      form === 'fd' ? ['lowerdir+', lower.fd] : [form === 'path' ? 'lowerdir+' : 'lowerdir', paths.short(at)];
    const options: readonly MountOption[] = [
      ...dataOptions(form, layer, store, paths),
      ...upperOptions(writable, paths),
      ['metacopy', 'on'],
      ['redirect_dir', 'on'],
    ];
    overlay = machine.mounts.create('overlay', options, attributesOf(writable));
  } catch (error) {
    letGo(machine, below);
    throw error;
  } finally {
    if (form === 'fd') machine.files.close(lower.fd);
  }
  machine.mounts.attach(overlay, at);
  return attached(machine, {
    root: at,
    fsType: 'overlay',
    took: {
      erofs: lower.took,
      layers: form,
      ...(writable === undefined ? {} : { writable: 'one overlay' }),
    },
    devices: lower.devices,
    points: [at, ...below],
    free: lower.free,
    held: lower.held,
    source: manifest,
  });
};

/** How a backend of this kind mounts; they differ in what lies below EROFS and in its options. */
export const dataOverlay = (image: Image, machine: Machine, lower: LowerChoice): MountManifest =>
  mountWith(image, machine, async (manifest, store, at, writable) => {
    const paths = layerPaths(machine);
    try {
      return stack({ machine, manifest, store, at, writable, lower }, paths);
    } finally {
      paths.close();
    }
  });
