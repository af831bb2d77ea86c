// An EROFS mount of a manifest below an overlayfs whose data-only lower is the object store, and the backends made of it.
//
// Needs:   overlayfs with data-only lowers (Linux 6.5).
// Does:    fsopen(overlay) with the EROFS mount as lower, every object folder as data-only lower, and an upper layer on request.
// Leaves:  nothing when it dies inside a private mount namespace.
// Source:  Documentation/filesystems/overlayfs.rst (data-only lower layers).
import type { Backend, Mounted, Prepared, Store, Writable } from '../model/backend.ts';
import type { CallList, CallText, MountOption } from '../model/calls.ts';
import type { Image } from '../model/image.ts';
import type { Machine, Need } from '../model/machine.ts';
import { devicesOf, type LowerChoice, lowerFree, type MountedLower, mountLower } from './erofs-lower.ts';
import { detachLazily, heldUntil, kernelMount } from './kernel-mount.ts';
import { manifestLifecycle, mountWith } from './manifest.ts';
import { DATA_LOWERS, EROFS, FS_VERITY, METACOPY_LOWERS, OVERLAY_VERITY, ROOT } from './needs.ts';
import { joined, type LayerForm, type LayerPaths, layerForm, layerPaths } from './overlay-layers.ts';
import { openVerified, sealedLifecycle } from './sealed.ts';
import { attributesOf, upperOptions } from './writable.ts';

/** `plain`: a further lower layer, which shows its names too; the manifest's whiteouts hide them. */
type DataLayer = 'data-only' | 'plain';

const dataOptions = (
  form: LayerForm,
  layer: DataLayer,
  lower: MountOption,
  store: Store,
  paths: LayerPaths,
): readonly MountOption[] => {
  // Together the paths of a string may be longer than an option.
  const pathOf = form === 'colons' ? paths.descriptorPath : paths.optionPath;
  const data = store.objectDirs.map((dir) => pathOf(dir));
  const between = layer === 'plain' ? ':' : '::';
  if (form === 'colons') return [['lowerdir', joined([lower[1] as CallText, ...data], between)]];
  return [lower, ...data.map((dir): MountOption => ['datadir+', dir])];
};

interface OverlayChecks {
  /** Overlayfs compares each object with the digest that the manifest has for it (verity=require). */
  readonly objects: boolean;
  /** The digest that the manifest must have; null: any. */
  readonly manifest: string | null;
}

const tookChecks = ({ objects, manifest }: OverlayChecks): string =>
  [objects ? 'require' : 'of objects alone', ...(manifest === null ? [] : ['manifest by its digest'])].join(
    ', ',
  );

interface StackParts {
  readonly machine: Machine;
  readonly manifest: string;
  readonly store: Store;
  readonly at: string;
  readonly writable: Writable | undefined;
  readonly choice: LowerChoice;
  readonly data: DataLayer;
  /** Checks of the manifest and its objects; absent: none. */
  readonly checks?: OverlayChecks;
}

/** Adds both mounts to the list. A kernel that takes no detached mount as a layer needs it attached at the overlay's own path. */
const addStack = (
  list: CallList,
  { machine, manifest, store, at, writable, choice, data, checks }: StackParts,
  form: LayerForm,
): MountedLower => {
  const paths = layerPaths(list);
  const digest = checks?.manifest ?? null;
  const verified = digest === null ? null : openVerified(list, manifest, digest);
  const opened = verified?.path;
  const lower = mountLower(list, machine, { manifest, paths, choice, ...(opened && { opened }) });
  if (form !== 'fd') list.attach(lower.fd, at);
  const layer: MountOption =
    form === 'fd'
      ? ['lowerdir+', lower.fd]
      : form === 'path'
        ? ['lowerdir+', paths.optionPath(at)]
        : ['lowerdir', paths.descriptorPath(at)];
  const options: readonly MountOption[] = [
    ...dataOptions(form, data, layer, store, paths),
    ...upperOptions(writable, paths),
    ['metacopy', 'on'],
    ['redirect_dir', 'on'],
    ...(checks?.objects === true ? [['verity', 'require'] as const] : []),
  ];
  const overlay = list.create('overlay', options, attributesOf(writable));
  if (form === 'fd') list.close(lower.fd);
  list.attach(overlay, at);
  paths.close();
  if (verified !== null) list.close(verified.fd);
  return lower;
};

export const mountStack = (parts: StackParts): Mounted => {
  const { machine, manifest, at, writable } = parts;
  // Kernels that need a plain layer take all layers in one string.
  const form = parts.data === 'plain' ? 'colons' : layerForm(machine);
  const below = form === 'fd' ? [] : [at];
  let lower: MountedLower;
  try {
    lower = machine.calls((list) => addStack(list, parts, form));
  } catch (error) {
    detachLazily(machine, below);
    throw error;
  }
  const free = lowerFree(lower, manifest);
  return kernelMount(machine, {
    root: at,
    fsType: 'overlay',
    took: {
      erofs: lower.took,
      layers: parts.data === 'plain' ? 'colons, store as a plain layer' : form,
      ...(parts.checks === undefined ? {} : { verity: tookChecks(parts.checks) }),
      ...(writable === undefined ? {} : { writable: 'one overlay' }),
    },
    devices: devicesOf(lower),
    points: [at, ...below],
    free,
    held: heldUntil(machine, free),
    source: manifest,
  });
};

interface DataOverlayForm {
  readonly id: string;
  readonly title: string;
  readonly how: string;
  readonly answers?: string;
  /** How EROFS is mounted. */
  readonly lower: LowerChoice;
  /** EROFS from a file or over a loop device, where nothing else is given. */
  readonly erofs?: Need;
  /** `data-only` where nothing else is given. */
  readonly data?: DataLayer;
  /** Objects and manifest have fs-verity, and the kernel refuses others. */
  readonly verity?: boolean;
  /** Skips images that this variant would show wrongly. */
  readonly check?: (image: Image) => void;
  /** The bytes of the manifest that create writes; the image's own by default. */
  readonly manifestBytes?: (image: Image) => Uint8Array;
}

export const dataOverlayBackend = (form: DataOverlayForm): Backend => ({
  id: form.id,
  title: form.title,
  how: form.how,
  ...(form.answers === undefined ? {} : { answers: form.answers }),
  idle: [],
  needs: [
    ROOT,
    form.erofs ?? EROFS,
    form.data === 'plain' ? METACOPY_LOWERS : DATA_LOWERS,
    ...(form.verity === true ? [FS_VERITY, OVERLAY_VERITY] : []),
  ],
  shows: 'contents',
  options: {},
  async prepare(image, machine) {
    form.check?.(image);
    const { lower: choice, data = 'data-only', verity = false } = form;
    const bytes = form.manifestBytes?.(image);
    const withChecks = (checks?: OverlayChecks): Prepared => {
      const mount = mountWith(image, machine, async (manifest, store, at, writable) =>
        mountStack({ machine, manifest, store, at, writable, choice, data, ...(checks && { checks }) }),
      );
      return manifestLifecycle(image, machine, mount, bytes === undefined ? undefined : () => bytes);
    };
    return verity
      ? sealedLifecycle(image, machine, {
          files: withChecks({ objects: false, manifest: null }),
          reference: withChecks({ objects: true, manifest: null }),
          manifest: withChecks({ objects: true, manifest: image.manifestDigest }),
        })
      : withChecks();
  },
});
