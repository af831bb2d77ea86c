// Mounts that end with their server: unmounted, then settled when the server's process has ended.
import type { Held, Mounted } from '../model/backend.ts';
import type { Machine, Server } from '../model/machine.ts';
import { checkedHold } from './kernel-mount.ts';
import { SETTLE_LIMIT_MS, settleTimeout } from './settle.ts';

export const STOP_LIMIT_MS = 1000;

export interface ServedMount {
  /** The program, as named in errors. */
  readonly title: string;
  readonly server: Server;
  readonly root: string;
  readonly fsType: string;
  readonly took: Readonly<Record<string, string>>;
  /** Mounts stacked at the root: 1, or 2 with an overlay above. */
  readonly mountCount?: number;
}

/** The server's process, which ends when its only mount is detached. */
const serverHeld = (server: Server): Held => checkedHold('the server', () => server.exited(0));

/** After a failure: aborts the FUSE connection, so that no process waits for a hung server, then detaches lazily. */
const abortAndDetach = ({ mounts }: Machine, at: string): void => {
  try {
    mounts.abortFuse(at);
  } catch {
    // A user namespace has no abort control; stopping the server has the same effect.
  }
  try {
    mounts.unmount(at, true);
  } catch {
    // Not mounted any more.
  }
};

/** Best effort after a failure. */
export const detachServed = (machine: Machine, { server, root, mountCount = 1 }: ServedMount): void => {
  for (let i = 0; i < mountCount; i++) abortAndDetach(machine, root);
  try {
    server.close(STOP_LIMIT_MS);
  } catch {
    // The kernel cannot end it: the leak check names its process.
  }
};

export const servedMount = (machine: Machine, mount: ServedMount): Mounted => {
  const { title, server, root, fsType, took, mountCount = 1 } = mount;
  return {
    root,
    fsType,
    servers: [server.pid],
    took,
    held: serverHeld(server),
    async unmount() {
      machine.calls((list) => {
        for (let i = 0; i < mountCount; i++) list.unmount(root);
      });
    },
    async settle() {
      if (!server.exited(SETTLE_LIMIT_MS))
        throw settleTimeout(`${title} did not end after the unmount`, [`pid: ${server.pid}`]);
    },
    detach: () => detachServed(machine, mount),
  };
};
