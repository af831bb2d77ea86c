// One server for many mounts, started before the first window: each mount is one message to it.
//
// Needs:   the features of composefs-fuse.
// Does:    one server per slot, for all its mounts and images; each mount is one message and its reply.
// Leaves:  nothing: the server ends when the slot is over, or when its parent dies.
import type { Backend, Mounted, Prepared } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Machine, Server } from '../model/machine.ts';
import {
  checkServerOption,
  programOf,
  type ServedManifest,
  type ServerOptions,
  TRANSPORT_OPTIONS,
  transportOf,
} from './fuse-server.ts';
import { detachLazily } from './kernel-mount.ts';
import { type MountManifest, manifestLifecycle, mountWith } from './manifest.ts';
import { FUSE_SERVER } from './needs.ts';
import { STOP_LIMIT_MS } from './served-mount.ts';
import { SETTLE_LIMIT_MS, settleTimeout } from './settle.ts';

/** strerror(EMFILE), which ends the server's reply. */
const TOO_MANY_FILES = 'Too many open files';

interface SharedServer {
  readonly server: Server;
  readonly took: Readonly<Record<string, string>>;
  userCount: number;
  mountCount: number;
}

/** A slot has one machine and may prepare several images. */
const sharedBy = new WeakMap<Machine, SharedServer>();

const serverFor = (machine: Machine, options: ServerOptions): SharedServer => {
  const known = sharedBy.get(machine);
  if (known !== undefined) return known;
  const { argv, took } = transportOf(machine, options);
  // The number of polls depends on time, so spinning is off while calls are counted.
  const counting = machine.requestCounters === null ? [] : ['--spin-us', '0'];
  const server = machine.serve('cfs-fuse', [
    programOf(options),
    ...argv,
    ...counting,
    '--control-fd',
    '{control}',
  ]);
  const shared: SharedServer = { server, took, userCount: 0, mountCount: 0 };
  sharedBy.set(machine, shared);
  return shared;
};

const askToMount = (
  shared: SharedServer,
  machine: Machine,
  { manifest, store, at }: ServedManifest,
): void => {
  const counters = machine.requestCounters ?? '';
  const reply = shared.server.sendCommand(['mount', manifest, at, counters, ...store.objectDirs]);
  if (reply.endsWith(TOO_MANY_FILES))
    throw new UserError(
      `the limit of open files is too low for ${shared.mountCount + 1} mounts by one server (ulimit -Hn; root with CAP_SYS_RESOURCE can raise it)`,
      { code: 'skip', exit: 4 },
    );
  if (reply !== 'ok')
    throw new UserError('the shared FUSE server refused a mount', { exit: 5, facts: [reply] });
  shared.mountCount++;
};

const mountShared = (shared: SharedServer, machine: Machine, mount: ServedManifest): Mounted => {
  const { server } = shared;
  const { at, manifest } = mount;
  askToMount(shared, machine, mount);
  return {
    root: at,
    fsType: 'fuse.cfs-fuse',
    servers: [server.pid],
    took: shared.took,
    held: { kind: 'unchecked', why: 'one server has every mount and stays when one goes' },
    async unmount() {
      machine.calls((list) => list.unmount(at));
      shared.mountCount--;
    },
    async settle() {
      if (!machine.settled({ lease: manifest }, SETTLE_LIMIT_MS))
        throw settleTimeout('the shared FUSE server still holds a detached mount', [`manifest: ${manifest}`]);
    },
    detach() {
      detachLazily(machine, [at]);
      try {
        // Ends all its connections at once.
        server.close(STOP_LIMIT_MS);
      } catch {
        // The kernel cannot end it: `close` of the prepared image throws this again.
      }
    },
  };
};

export const backend: Backend = {
  id: 'composefs-fuse-shared',
  title: 'composefs over FUSE, one server for all mounts',
  how: 'One cfs-fuse process, started before the window, serves every mount of a slot; each mount is requested over a socket.',
  answers: 'How much of the cost of a mount is starting its server?',
  idle: [],
  needs: FUSE_SERVER,
  shows: 'contents',
  options: { server: TRANSPORT_OPTIONS.server, spin: TRANSPORT_OPTIONS.spin },
  checkOptions: checkServerOption,
  async prepare(image, machine, options): Promise<Prepared> {
    const shared = serverFor(machine, options);
    shared.userCount++;
    const mount: MountManifest = async (manifest, store, at) =>
      mountShared(shared, machine, { manifest, store, at });
    const lifecycle = manifestLifecycle(image, machine, mountWith(image, machine, mount, 'over'));
    return {
      ...lifecycle,
      async close() {
        shared.userCount--;
        if (shared.userCount > 0) return;
        sharedBy.delete(machine);
        shared.server.close(STOP_LIMIT_MS);
      },
    };
  },
};
