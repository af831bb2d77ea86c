// Names of layers in overlayfs options: descriptors, paths, or one colon-separated string; and short names for long paths.
//
// Source: fsconfig(2) takes strings of at most 255 bytes, so a longer path is passed as /proc/self/fd/N.
import type { CallList, CallResult, CallText, Fd, MountOption } from '../model/calls.ts';
import type { Machine } from '../model/machine.ts';

const FSCONFIG_STRING_BYTES = 255;
const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;

export type LayerForm = 'fd' | 'path' | 'colons';

export interface LayerPaths {
  /** The path itself if it fits an option, else a path through a descriptor that stays open until `close`. */
  optionPath(path: string): CallText;
  /** Always a path through a descriptor, for options that hold several paths. */
  descriptorPath(path: string): CallText;
  /** Adds the calls that close the descriptors. */
  close(): void;
}

export const layerPaths = (list: CallList): LayerPaths => {
  const fds: Fd[] = [];
  const descriptorPath = (path: string): CallText => {
    const fd = list.open(path, O_PATH | O_CLOEXEC);
    fds.push(fd);
    return ['/proc/self/fd/', typeof fd === 'number' ? String(fd) : fd];
  };
  return {
    descriptorPath,
    optionPath: (path) => (Buffer.byteLength(path) <= FSCONFIG_STRING_BYTES ? path : descriptorPath(path)),
    close() {
      for (const fd of fds) list.close(fd);
    },
  };
};

/** The best form that this kernel supports. */
export const layerForm = (machine: Machine): LayerForm =>
  machine.features['overlay-layer-fds'].ok
    ? 'fd'
    : machine.features['overlay-data-layers'].ok
      ? 'path'
      : 'colons';

const escaped = (name: string): string => name.replace(/([\\:,])/g, '\\$1');

/** Several layers in one string. */
export const joined = (names: readonly CallText[], separator: string): CallText =>
  names.flatMap((name, i): (string | CallResult)[] => [
    ...(i === 0 ? [] : [separator]),
    ...(typeof name === 'string' ? [name] : name),
  ]);

/** Options for plain layers, top first: one `lowerdir+` each, or one joined string on kernels without it. */
export const lowerOptions = (
  machine: Machine,
  layers: readonly string[],
  paths: LayerPaths,
): readonly MountOption[] => {
  if (plainLayerForm(machine) === 'path')
    return layers.map((layer): MountOption => ['lowerdir+', paths.optionPath(layer)]);
  const whole = layers.map(escaped).join(':');
  const fits = Buffer.byteLength(whole) <= FSCONFIG_STRING_BYTES;
  return [
    [
      'lowerdir',
      fits
        ? whole
        : joined(
            layers.map((layer) => paths.descriptorPath(layer)),
            ':',
          ),
    ],
  ];
};

/** User namespaces allow `lowerdir+` for plain layers even where they refuse data-only layers. */
export const plainLayerForm = (machine: Machine): Exclude<LayerForm, 'fd'> =>
  machine.features['overlay-single-layers'].ok ? 'path' : 'colons';
