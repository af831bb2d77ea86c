// What mounts that need no server have in common once they are attached: taken down top first, gone when nothing holds their source.
import type { Mounted } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Machine, Until } from '../model/machine.ts';

const SETTLE_LIMIT_MS = 5000;

export interface Attached {
  readonly root: string;
  /** Asked for once the mount is there, where only that tells. */
  readonly fsType: string | (() => string);
  readonly took: Readonly<Record<string, string>>;
  readonly devices?: readonly string[];
  /** Mount points in the order in which they go, the topmost first. */
  readonly points: readonly string[];
  /** Nothing holds what the mount was made of. */
  readonly free: Until;
  /** What `free` is about, for the message. */
  readonly source: string;
}

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
  { root, fsType, took, devices = [], points, free, source }: Attached,
): Mounted => ({
  root,
  get fsType() {
    return typeof fsType === 'string' ? fsType : fsType();
  },
  servers: [],
  took,
  devices,
  async unmount() {
    machine.calls((list) => {
      for (const point of points) list.unmount(point);
    });
  },
  async settle() {
    if (!machine.settled(free, SETTLE_LIMIT_MS))
      throw new UserError(`the mount at ${root} did not go away`, {
        code: 'timeout',
        exit: 5,
        facts: [`made of: ${source}`, `waited: ${SETTLE_LIMIT_MS} ms`],
        hint: `fuser -vm ${root}`,
      });
  },
  abandon: () => letGo(machine, points),
});
