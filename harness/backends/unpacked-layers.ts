// Layers unpacked to files and stacked by overlayfs, and the lifecycle of backends made of them.
//
// Needs:   GNU tar and rm; overlayfs (with user.overlay.* attributes inside a user namespace); sha256sum to digest layers.
// Does:    one `tar -x` per missing layer, preceded by one `sha256sum` of its tar if layers are digested, as runtimes check them;
//          one overlay mount; one `rm -rf` for all layers that it unpacked.
// Leaves:  unpacked layers in the store's layer folder when it dies before destroy.
// Source:  Documentation/filesystems/overlayfs.rst.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Created, Held, Mounted, Prepared, Store, Writable } from '../model/backend.ts';
import type { MountOption } from '../model/calls.ts';
import type { Image, Layer } from '../model/image.ts';
import type { IngestHow, Machine } from '../model/machine.ts';
import { unpackCommand } from '../store/unpack.ts';
import { kernelMount } from './kernel-mount.ts';
import { layerPaths, lowerOptions, plainLayerForm } from './overlay-layers.ts';
import { refuseUnpackable } from './refuse.ts';
import { wholeTreeLifecycle } from './whole-tree.ts';
import { attributesOf, rootlessOptions, upperOptions, writableOver } from './writable.ts';

const LAYER_MODE = 0o755;

/** The files from which layers are unpacked. */
export const layerTars = ({ layers }: Image): readonly string[] => layers.map(({ tarPath }) => tarPath);

const unpack = async (machine: Machine, layer: Layer, into: string): Promise<void> => {
  machine.files.mkdir(into, LAYER_MODE);
  await machine.command('tar', unpackCommand(layer.tarPath, into));
};

/** An unmount frees the overlay's superblock; the layers stay. */
const superblockHeld = (machine: Machine, at: string): Held => ({
  kind: 'checked',
  of: 'the number of the superblock',
  watch() {
    const number = machine.mounts.superblockAt(at);
    return () => machine.mounts.superblockFree(number);
  },
});

const mountLayers = (
  machine: Machine,
  lowers: readonly string[],
  at: string,
  writable: Writable | undefined,
): Mounted => {
  machine.calls((list) => {
    const paths = layerPaths(list);
    const options: readonly MountOption[] = [
      ...lowerOptions(machine, lowers, paths),
      ...upperOptions(writable, paths),
      ...rootlessOptions(machine),
    ];
    list.attach(list.create('overlay', options, attributesOf(writable)), at);
    paths.close();
  });
  return kernelMount(machine, {
    root: at,
    fsType: 'overlay',
    took: {
      layers: plainLayerForm(machine),
      layerCount: String(lowers.length),
      ...(writable === undefined ? {} : { writable: 'one overlay' }),
    },
    points: [at],
    free: { unmounted: at },
    held: superblockHeld(machine, at),
    source: lowers.join(' '),
  });
};

const digestList = ({ tarPath }: Layer): string => `${tarPath}.sha256`;

/** Writes the list that `sha256sum --check` reads; a layer's id is the digest of its tar. Untimed. */
export const writeDigestLists = ({ layers }: Image): void => {
  for (const layer of layers)
    if (!existsSync(digestList(layer))) writeFileSync(digestList(layer), `${layer.id}  ${layer.tarPath}\n`);
};

const checkDigest = async (machine: Machine, layer: Layer): Promise<void> => {
  const list = digestList(layer);
  await machine.command('sha256sum', ['sha256sum', '--status', '--check', list]);
};

type RemoveLayers = (paths: readonly string[]) => Promise<void>;

/** The arguments of one command. */
const MOST_PATHS = 200;

const byCommand =
  (machine: Machine): RemoveLayers =>
  (paths) =>
    machine.command('rm', ['rm', '-rf', ...paths]);

interface LayerWays {
  readonly how?: IngestHow;
  /** Default: `rm -rf`. */
  readonly remove?: RemoveLayers;
}

export const createLayers = async (
  image: Image,
  machine: Machine,
  { store, dir }: { readonly store: Store; readonly dir: string },
  { how = 'trusted', remove = byCommand(machine) }: LayerWays = {},
): Promise<Created> => {
  const unpacked: string[] = [];
  const lowers: string[] = [];
  for (const layer of image.layers) {
    const path = join(store.layerDir, layer.id);
    if (!machine.files.exists(path)) {
      if (how !== 'trusted') await checkDigest(machine, layer);
      await unpack(machine, layer, path);
      unpacked.push(path);
    }
    // Equal layers share one folder, which overlayfs takes once. The topmost place shows the same tree: everything that a lower
    // place adds is there, too.
    const known = lowers.indexOf(path);
    if (known >= 0) lowers.splice(known, 1);
    // overlayfs ignores the mark on the root of a layer, which hides all layers below.
    if (layer.hidesBelow) lowers.length = 0;
    lowers.unshift(path);
  }
  // overlayfs without an upper layer needs at least two lowers.
  const empty = lowers.length === 1 ? join(dir, 'empty') : null;
  if (empty !== null) machine.files.mkdir(empty, LAYER_MODE);
  const readOnlyLowers = empty === null ? lowers : [...lowers, empty];
  return {
    async mount(at: string, writable?: Writable) {
      if (writable?.over === true)
        return writableOver(machine, mountLayers(machine, readOnlyLowers, at, undefined), writable);
      return mountLayers(machine, writable === undefined ? readOnlyLowers : lowers, at, writable);
    },
    async destroy() {
      if (unpacked.length > 0 && store.isShared !== true) await remove(unpacked);
      if (empty !== null) machine.files.rmdir(empty);
    },
  };
};

/** Layers that no kept image has: one list of the folder, one removal of all. */
const removeUnused = async (
  machine: Machine,
  { layerDir }: Store,
  keep: readonly Image[],
  remove: RemoveLayers,
): Promise<void> => {
  const live = new Set(keep.flatMap(({ layers }) => layers.map(({ id }) => id)));
  const dead = machine.files.names(layerDir).filter((id) => !live.has(id));
  for (let at = 0; at < dead.length; at += MOST_PATHS)
    await remove(dead.slice(at, at + MOST_PATHS).map((id) => join(layerDir, id)));
};

export const layersLifecycle = (
  image: Image,
  machine: Machine,
  remove: RemoveLayers = byCommand(machine),
): Prepared => {
  refuseUnpackable(image);
  writeDigestLists(image);
  const lifecycle = wholeTreeLifecycle(layerTars(image), (store, dir, how = 'trusted') =>
    createLayers(image, machine, { store, dir }, { how, remove }),
  );
  return {
    ...lifecycle,
    async collect(store, keep) {
      if (store.isShared !== true) return lifecycle.collect(store, keep);
      await removeUnused(machine, store, keep, remove);
      return null;
    },
  };
};
