// What mounts that need no server have in common once they are attached: taken down top first, gone when nothing holds their source.
import type { Held, Mounted } from '../model/backend.ts';
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
  readonly held: Held;
  /** What `free` is about, for the message. */
  readonly source: string;
}

/** What tells `settle` that the mount is gone tells it right after the unmount, too. */
export const askedBy = (of: string, free: () => boolean): Held => ({ kind: 'asked', of, watch: () => free });

/** Of a mount whose source tells when it is free. */
export type SourceFree = Exclude<Until, { readonly unmounted: string }>;

export const heldUntil = ({ files, mounts }: Machine, until: SourceFree): Held =>
  'lease' in until
    ? askedBy('a write lease on the file', () => files.leaseFree(until.lease))
    : askedBy('the loop device', () => mounts.loopFree(until.loop));

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
      throw new UserError(`the mount at ${root} did not go away`, {
        code: 'timeout',
        exit: 5,
        facts: [`made of: ${source}`, `waited: ${SETTLE_LIMIT_MS} ms`],
        hint: `fuser -vm ${root}`,
      });
  },
  abandon: () => letGo(machine, points),
});
