// How a layer is named to overlayfs: by descriptor, by path, or in one colon-separated string. And how to name any path that is
// too long for a mount option.
//
// Source: fsconfig(2) takes strings of at most 255 bytes, so a longer path is handed over as /proc/self/fd/N.
import type { Machine, MountOption } from '../model/machine.ts';

const FSCONFIG_STRING_BYTES = 255;
const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;

export type LayerForm = 'fd' | 'path' | 'colons';

export interface LayerPaths {
  /** The path itself, or one through a descriptor that stays open until `close`. */
  short(path: string): string;
  close(): void;
}

export const layerPaths = (machine: Machine): LayerPaths => {
  const fds: number[] = [];
  return {
    short(path) {
      if (Buffer.byteLength(path) <= FSCONFIG_STRING_BYTES) return path;
      const fd = machine.files.open(path, O_PATH | O_CLOEXEC);
      fds.push(fd);
      return `/proc/self/fd/${fd}`;
    },
    close() {
      for (const fd of fds) machine.files.close(fd);
    },
  };
};

/** The best form that this kernel has, found by trying. */
export const layerForm = (machine: Machine): LayerForm =>
  machine.features['overlay-layer-fds'].ok
    ? 'fd'
    : machine.features['overlay-data-layers'].ok
      ? 'path'
      : 'colons';

/** Options for plain layers, top first: `lowerdir+` each, or one joined string of short names on kernels without it. */
export const lowerOptions = (
  machine: Machine,
  layers: readonly string[],
  paths: LayerPaths,
): readonly MountOption[] => {
  if (layerForm(machine) !== 'colons')
    return layers.map((layer): MountOption => ['lowerdir+', paths.short(layer)]);
  return [['lowerdir', layers.map((layer) => paths.short(layer).replace(/([\\:,])/g, '\\$1')).join(':')]];
};
