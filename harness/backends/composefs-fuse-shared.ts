// One server for many mounts, started before anything is measured: a mount is then a message to it.
//
// Needs:   what composefs-fuse needs.
// Does:    one server per slot, of all its mounts and images; each mount is one message and its answer.
// Leaves:  nothing: the server ends when the slot is over, or when its parent dies.
import type { Backend, Mounted, Prepared, Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Machine, Server } from '../model/machine.ts';
import { letGo } from './attached.ts';
import { checkServerOption, FUSE_NEEDS, programOf, TRANSPORT_OPTIONS, transportOf } from './fuse-server.ts';
import { type MountManifest, manifestLifecycle, mountWith } from './manifest.ts';

const SETTLE_LIMIT_MS = 5000;
const STOP_LIMIT_MS = 1000;
/** EMFILE as the server says it. */
const TOO_MANY_FILES = 'Too many open files';

interface Shared {
  readonly server: Server;
  readonly took: Readonly<Record<string, string>>;
  users: number;
  mountCount: number;
}

/** A slot has one machine, and may prepare several images. */
const sharedBy = new WeakMap<Machine, Shared>();

const open = (machine: Machine, options: Readonly<Record<string, string>>): Shared => {
  const known = sharedBy.get(machine);
  if (known !== undefined) return known;
  const { argv, took } = transportOf(machine, options);
  // How often a spin asks depends on time: where calls are counted there is none.
  const counting = machine.requestCounters === null ? [] : ['--spin-us', '0'];
  const server = machine.serve('cfs-fuse', [
    programOf(options),
    ...argv,
    ...counting,
    '--control-fd',
    '{control}',
  ]);
  const shared: Shared = { server, took, users: 0, mountCount: 0 };
  sharedBy.set(machine, shared);
  return shared;
};

const mountShared = (
  shared: Shared,
  machine: Machine,
  manifest: string,
  store: Store,
  at: string,
): Mounted => {
  const { server } = shared;
  const answer = server.ask(['mount', manifest, at, machine.requestCounters ?? '', ...store.objectDirs]);
  if (answer.endsWith(TOO_MANY_FILES))
    throw new UserError(
      `one server may not open enough files for ${shared.mountCount + 1} mounts (ulimit -Hn; root with CAP_SYS_RESOURCE may)`,
      { code: 'skip', exit: 4 },
    );
  if (answer !== 'ok')
    throw new UserError('the shared FUSE server refused a mount', { exit: 5, facts: [answer] });
  shared.mountCount++;
  return {
    root: at,
    fsType: 'fuse.cfs-fuse',
    servers: [server.pid],
    took: shared.took,
    held: { kind: 'not asked', why: 'one server has every mount and stays when one goes' },
    async unmount() {
      machine.calls((list) => list.unmount(at));
      shared.mountCount--;
    },
    async settle() {
      if (!machine.waitFor(() => server.ask(['count']) === String(shared.mountCount), SETTLE_LIMIT_MS))
        throw new UserError('the shared FUSE server keeps a mount that is gone', {
          code: 'timeout',
          exit: 5,
          facts: [`mounts: ${server.ask(['count'])}, expected ${shared.mountCount}`],
        });
    },
    // With its server every mount is dead at once; to abort each by itself would go through the connections of all.
    abandon() {
      server.stop(STOP_LIMIT_MS);
      letGo(machine, [at]);
    },
  };
};

export const backend: Backend = {
  id: 'composefs-fuse-shared',
  title: 'composefs over FUSE, one server for all mounts',
  how: 'One cfs-fuse process, started before the window, serves every mount of a slot; it is asked for each mount over a socket.',
  answers: 'How much of the cost of a mount is starting a server for it?',
  idle: [],
  needs: FUSE_NEEDS,
  shows: 'contents',
  options: { server: TRANSPORT_OPTIONS.server, spin: TRANSPORT_OPTIONS.spin },
  checkOptions: checkServerOption,
  async prepare(image, machine, options): Promise<Prepared> {
    const shared = open(machine, options);
    shared.users++;
    const mount: MountManifest = async (manifest, store, at) =>
      mountShared(shared, machine, manifest, store, at);
    const lifecycle = manifestLifecycle(image, machine, mountWith(image, machine, mount, 'over'));
    return {
      ...lifecycle,
      async release() {
        shared.users--;
        if (shared.users > 0) return;
        sharedBy.delete(machine);
        shared.server.stop(STOP_LIMIT_MS);
      },
    };
  },
};
