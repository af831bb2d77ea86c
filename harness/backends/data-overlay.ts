// An EROFS mount of a manifest as lower layer of an overlayfs whose data-only lower is the object store.
//
// Needs:   overlayfs with data-only lowers (Linux 6.5).
// Does:    fsopen(overlay) with the EROFS mount as lower, every object folder as data-only lower, and an upper layer where wanted.
// Leaves:  nothing when it dies inside a private mount namespace.
// Source:  Documentation/filesystems/overlayfs.rst (data-only lower layers).
import type { Mounted, Store, Writable } from '../model/backend.ts';
import type { CallList, MountOption, Text } from '../model/calls.ts';
import type { Image } from '../model/image.ts';
import type { Machine, Need } from '../model/machine.ts';
import { attached, heldUntil, letGo } from './attached.ts';
import { devicesOf, type Lower, type LowerChoice, lowerFree, mountLower } from './erofs-lower.ts';
import { type MountManifest, mountWith } from './manifest.ts';
import { joined, type LayerForm, type LayerPaths, layerForm, layerPaths } from './overlay-layers.ts';
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
  if (form === 'colons') return [['lowerdir', joined([lower[1] as Text, ...data], '::')]];
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

/** Adds both mounts to the list; kernels that cannot take a detached mount as a layer need it attached under the overlay itself. */
const stack = (
  list: CallList,
  { machine, manifest, store, at, writable, lower: choice }: Parts,
  form: LayerForm,
): Lower => {
  const paths = layerPaths(list);
  const lower = mountLower(list, machine, manifest, paths, choice);
  if (form !== 'fd') list.attach(lower.fd, at);
  const layer: MountOption =
    form === 'fd' ? ['lowerdir+', lower.fd] : [form === 'path' ? 'lowerdir+' : 'lowerdir', paths.short(at)];
  const options: readonly MountOption[] = [
    ...dataOptions(form, layer, store, paths),
    ...upperOptions(writable, paths),
    ['metacopy', 'on'],
    ['redirect_dir', 'on'],
  ];
  const overlay = list.create('overlay', options, attributesOf(writable));
  if (form === 'fd') list.close(lower.fd);
  list.attach(overlay, at);
  paths.close();
  return lower;
};

const mountStack = (parts: Parts): Mounted => {
  const { machine, manifest, at, writable } = parts;
  const form = layerForm(machine);
  const below = form === 'fd' ? [] : [at];
  let lower: Lower;
  try {
    lower = machine.calls((list) => stack(list, parts, form));
  } catch (error) {
    letGo(machine, below);
    throw error;
  }
  return attached(machine, {
    root: at,
    fsType: 'overlay',
    took: {
      erofs: lower.took,
      layers: form,
      ...(writable === undefined ? {} : { writable: 'one overlay' }),
    },
    devices: devicesOf(lower),
    points: [at, ...below],
    free: lowerFree(lower, manifest),
    held: heldUntil(machine, lowerFree(lower, manifest)),
    source: manifest,
  });
};

/** How a backend of this kind mounts; they differ in what lies below EROFS and in its options. */
export const dataOverlay = (image: Image, machine: Machine, lower: LowerChoice): MountManifest =>
  mountWith(image, machine, async (manifest, store, at, writable) =>
    mountStack({ machine, manifest, store, at, writable, lower }),
  );
