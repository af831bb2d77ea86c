// What the backends over the project's own FUSE server have in common: its command line, its end, and what is recorded of it.
//
// Needs:   /dev/fuse that opens, and a compiled server; works without root in a user namespace.
// Does:    starts one server per mount and returns when it says that it is ready.
// Leaves:  nothing: the server ends when it is unmounted or when its parent dies.
// Source:  Documentation/filesystems/fuse.rst, include/uapi/linux/fuse.h.
import { resolve } from 'node:path';
import type { Backend, Held, Mounted, Prepared, Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Machine, Need, Server } from '../model/machine.ts';
import { askedBy } from './attached.ts';
import { type MountManifest, manifestLifecycle, mountWith } from './manifest.ts';
import { checkServer, serverPath } from './server-path.ts';

const SETTLE_LIMIT_MS = 5000;
const STOP_LIMIT_MS = 1000;
/** The server's own default: how long it asks for the next request before it sleeps. */
const SPIN_US = '50';

type Options = Readonly<Record<string, string>>;

export const FUSE_NEEDS: readonly Need[] = [
  { title: 'a FUSE device that opens', anyOf: ['fuse'] },
  { title: 'the compiled server cfs-fuse', anyOf: ['cfs-fuse'] },
];

export const checkServerOption = ({ server }: Options): void => {
  if (server !== undefined) checkServer(server);
};

export const programOf = ({ server }: Options): string =>
  server === undefined ? serverPath : resolve(server);

/** The first value of each is the default. */
export const TRANSPORT_OPTIONS = {
  server: [],
  transport: ['read-write', 'uring', 'threads'],
  spin: [SPIN_US, '20', '0'],
} as const;

export interface Transport {
  readonly argv: readonly string[];
  readonly took: Readonly<Record<string, string>>;
}

/** A server that is given no option of these is told nothing of them, so that older ones can be compared. */
export const transportOf = (machine: Machine, { transport, spin }: Options): Transport => {
  const uring = machine.features['fuse-uring'];
  if (transport === 'uring' && !uring.ok)
    throw new UserError(`FUSE over io_uring: ${uring.detail}`, { code: 'skip', hint: uring.hint });
  const name = transport ?? TRANSPORT_OPTIONS.transport[0];
  const argv = [
    ...(transport === undefined ? [] : ['--transport', transport]),
    ...(spin === undefined ? [] : ['--spin-us', spin]),
  ];
  // Threads and io_uring do not spin unless told to; io_uring never does.
  const spun = name === 'uring' ? '0' : (spin ?? (name === 'threads' ? '0' : SPIN_US));
  return {
    argv,
    took: {
      transport: name,
      spin: spun === '0' ? 'none' : `${spun} us, none on one CPU or where calls are counted`,
    },
  };
};

export interface Serving {
  readonly pid: number;
  readonly took: Readonly<Record<string, string>>;
  readonly held: Held;
  settle(): Promise<void>;
  stop(): void;
}

/** Its process, which ends when its only mount is gone. */
export const serverHeld = (server: Server): Held => askedBy('the server', () => server.exited(0));

/** A server for one mount, ready. */
export const serveOne = (
  machine: Machine,
  options: Options,
  { flags, took }: { readonly flags: readonly string[]; readonly took: Readonly<Record<string, string>> },
  { manifest, store, at }: { readonly manifest: string; readonly store: Store; readonly at: string },
): Serving => {
  const transport = transportOf(machine, options);
  const objects = store.objectDirs.flatMap((dir) => ['--objects', dir]);
  const counters = machine.requestCounters === null ? [] : ['--stats', machine.requestCounters];
  const server = machine.serve('cfs-fuse', [
    programOf(options),
    ...objects,
    ...counters,
    ...flags,
    ...transport.argv,
    '--ready-fd',
    '{ready}',
    manifest,
    at,
  ]);
  return {
    pid: server.pid,
    took: { ...transport.took, ...took },
    held: serverHeld(server),
    async settle() {
      if (!server.exited(SETTLE_LIMIT_MS))
        throw new UserError('the FUSE server did not end after the unmount', {
          code: 'timeout',
          exit: 5,
          facts: [`pid: ${server.pid}`, `waited: ${SETTLE_LIMIT_MS} ms`],
        });
    },
    stop: () => server.stop(STOP_LIMIT_MS),
  };
};

/** Lazily, whatever is there. A hung server must not keep those who wait for it. */
export const detach = (machine: Machine, at: string): void => {
  try {
    machine.mounts.abortFuse(at);
  } catch {
    // In a user namespace there is no such control; the end of the server does the same.
  }
  try {
    machine.mounts.unmount(at, true);
  } catch {
    // Already gone: that is what was wanted.
  }
};

export interface FuseForm {
  readonly id: string;
  readonly title: string;
  readonly how: string;
  readonly answers?: string;
  readonly needs: readonly Need[];
  /** Options of the server that make the variant. */
  readonly flags: readonly string[];
  readonly took: Readonly<Record<string, string>>;
}

const prepareOne = (form: FuseForm, image: Image, machine: Machine, options: Options): Prepared => {
  // Said before anything is mounted.
  transportOf(machine, options);
  const mount: MountManifest = async (manifest, store, at): Promise<Mounted> => {
    const serving = serveOne(machine, options, form, { manifest, store, at });
    return {
      root: at,
      fsType: 'fuse.cfs-fuse',
      servers: [serving.pid],
      took: serving.took,
      held: serving.held,
      async unmount() {
        machine.calls((list) => list.unmount(at));
      },
      settle: serving.settle,
      abandon() {
        detach(machine, at);
        serving.stop();
      },
    };
  };
  return manifestLifecycle(image, machine, mountWith(image, machine, mount, 'over'));
};

/** One server per mount, and nothing above it. */
export const fuseBackend = (form: FuseForm): Backend => ({
  id: form.id,
  title: form.title,
  how: form.how,
  ...(form.answers === undefined ? {} : { answers: form.answers }),
  idle: [],
  needs: form.needs,
  shows: 'contents',
  options: TRANSPORT_OPTIONS,
  checkOptions: checkServerOption,
  prepare: async (image, machine, options) => prepareOne(form, image, machine, options),
});
