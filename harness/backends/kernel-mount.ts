// Mounts without a server: detached from the top down, settled when nothing holds their source.
import type { Held, Mounted } from '../model/backend.ts';
import type { Machine, SettleCondition } from '../model/machine.ts';
import { SETTLE_LIMIT_MS, settleTimeout } from './settle.ts';

interface KernelMount {
  readonly root: string;
  /** A function where the type is known only once the mount is attached. */
  readonly fsType: string | (() => string);
  readonly took: Readonly<Record<string, string>>;
  readonly devices?: readonly string[];
  /** Mount points in the order in which they are detached, topmost first. */
  readonly points: readonly string[];
  /** The condition that ends `settle`. */
  readonly free: SettleCondition;
  readonly held: Held;
  /** The file or folder that `free` waits for, as named in errors. */
  readonly source: string;
}

/** A resource that `isFree` can check right after the unmount. */
export const checkedHold = (resource: string, isFree: () => boolean): Held => ({
  kind: 'checked',
  of: resource,
  watch: () => isFree,
});

/** Conditions that concern the source, not the mount point. */
export type SourceFree = Exclude<SettleCondition, { readonly unmounted: string }>;

export const heldUntil = ({ files, mounts }: Machine, until: SourceFree): Held =>
  'lease' in until
    ? checkedHold('a write lease on the file', () => files.leaseFree(until.lease))
    : checkedHold('the loop device', () => mounts.loopFree(until.loop));

/** A bind mount of an existing folder holds no resource of its own. */
const NOTHING_HELD: Held = {
  kind: 'unchecked',
  why: 'a bind mount of a folder has nothing of its own to give back',
};

/** After a failure: lazy unmounts whose errors are ignored. */
export const detachLazily = ({ mounts }: Machine, points: readonly string[]): void => {
  for (const point of points)
    try {
      mounts.unmount(point, true);
    } catch {
      // Not mounted any more.
    }
};

export const kernelMount = (
  machine: Machine,
  { root, fsType, took, devices = [], points, free, held, source }: KernelMount,
): Mounted => ({
  root,
  get fsType() {
    return typeof fsType === 'string' ? fsType : fsType();
  },
  servers: [],
  took,
  devices,
  held,
  async unmount() {
    machine.calls((list) => {
      for (const point of points) list.unmount(point);
    });
  },
  async settle() {
    if (!machine.settled(free, SETTLE_LIMIT_MS))
      throw settleTimeout(
        `the mount at ${root} still holds its source`,
        [`source: ${source}`],
        `fuser -vm ${root}`,
      );
  },
  detach: () => detachLazily(machine, points),
});

/** A read-only bind mount of a folder. */
export const bindMount = (
  machine: Machine,
  {
    folder,
    at,
    took = {},
  }: { readonly folder: string; readonly at: string; readonly took?: KernelMount['took'] },
): Mounted => {
  machine.calls((list) => list.attach(list.clone(folder), at));
  return kernelMount(machine, {
    root: at,
    fsType: () => machine.mounts.typeAt(at) ?? 'no mount',
    took: { mount: 'bind', ...took },
    points: [at],
    free: { unmounted: at },
    held: NOTHING_HELD,
    source: folder,
  });
};
