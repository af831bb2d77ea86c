// What mounts that need no server have in common once they are attached: taken down top first, gone when nothing holds their source.
import type { Held, Mounted } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Machine } from '../model/machine.ts';

const SETTLE_LIMIT_MS = 5000;

export interface Attached {
  readonly root: string;
  readonly fsType: string;
  readonly took: Readonly<Record<string, string>>;
  readonly devices?: readonly string[];
  /** Mount points in the order in which they go, the topmost first. */
  readonly points: readonly string[];
  /** Nothing holds what the mount was made of. */
  free(): boolean;
  readonly held: Held;
  /** What `free` looks at, for the message. */
  readonly source: string;
}

/** What tells `settle` that the mount is gone tells it right after the unmount, too. */
export const askedBy = (of: string, free: () => boolean): Held => ({ kind: 'asked', of, watch: () => free });

export const LEASE = 'a write lease on the file';
export const LOOP = 'the loop device';

/** A bind mount of a folder that others use: nothing is made for it, so nothing is given back. */
export const NOTHING_OWN: Held = {
  kind: 'not asked',
  why: 'a bind mount of a folder has nothing of its own to give back',
};

/** Lazy unmounts that may fail: for after a failure. */
export const letGo = (machine: Machine, points: readonly string[]): void => {
  for (const point of points)
    try {
      machine.mounts.unmount(point, true);
    } catch {
      // Already gone: that is what was wanted.
    }
};

export const attached = (
  machine: Machine,
  { root, fsType, took, devices = [], points, free, held, source }: Attached,
): Mounted => ({
  root,
  fsType,
  servers: [],
  took,
  devices,
  held,
  async unmount() {
    for (const point of points) machine.mounts.unmount(point);
  },
  async settle() {
    if (!machine.waitFor(free, SETTLE_LIMIT_MS))
      throw new UserError(`the ${fsType} mount did not go away`, {
        code: 'timeout',
        exit: 5,
        facts: [`made of: ${source}`, `waited: ${SETTLE_LIMIT_MS} ms`],
        hint: `fuser -vm ${root}`,
      });
  },
  abandon: () => letGo(machine, points),
});
