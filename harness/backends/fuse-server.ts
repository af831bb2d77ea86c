// Backends over the project's own FUSE server: its command line, its options, and the recorded form.
//
// Needs:   /dev/fuse that opens, and a compiled server; works without root in a user namespace.
// Does:    starts one server per mount and returns when the server reports that it is ready.
// Leaves:  nothing: the server ends when it is unmounted or when its parent dies.
// Source:  Documentation/filesystems/fuse.rst, include/uapi/linux/fuse.h.
import { resolve } from 'node:path';
import type { Backend, Prepared, Store } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Machine, Need } from '../model/machine.ts';
import { serverPath } from '../native/paths.ts';
import { fetchSocketOf } from '../store/fetch-socket.ts';
import { checkServer } from './check-server.ts';
import { type MountManifest, manifestLifecycle, mountWith } from './manifest.ts';
import { sealedLifecycle } from './sealed.ts';
import { type ServedMount, servedMount } from './served-mount.ts';

export type ServerOptions = Readonly<Record<string, string>>;

export const checkServerOption = ({ server, transport, spin = '0' }: ServerOptions): void => {
  if (server !== undefined) checkServer(server);
  if (transport === 'uring' && spin !== '0')
    throw new UserError(`spin=${spin} has no effect with transport=uring, which never polls`, {
      hint: 'leave spin out',
    });
};

export const programOf = ({ server }: ServerOptions): string =>
  server === undefined ? serverPath : resolve(server);

/** The first value of each is the default. */
export const TRANSPORT_OPTIONS = {
  server: [],
  transport: ['read-write', 'uring', 'threads'],
  spin: ['auto', '50', '20', '0'],
} as const;

interface Transport {
  readonly argv: readonly string[];
  readonly took: Readonly<Record<string, string>>;
}

const spinText = (polls: string): string => {
  if (polls === '0') return 'none';
  const most = polls === 'auto' ? 'up to 50 us where it saves time' : `up to ${polls} us`;
  return `${most}, none on one CPU or where calls are counted`;
};

/** Options at their default are not passed, so that older servers, which do not know them, can be compared. */
export const transportOf = (machine: Machine, { transport, spin }: ServerOptions): Transport => {
  const uring = machine.features['fuse-uring'];
  if (transport === 'uring' && !uring.ok)
    throw new UserError(`FUSE over io_uring: ${uring.detail}`, { code: 'skip', hint: uring.hint });
  const name = transport ?? TRANSPORT_OPTIONS.transport[0];
  const argv = [
    ...(transport === undefined ? [] : ['--transport', transport]),
    // Where calls are counted the server's default is not to poll: the number of polls depends on time.
    ...(spin === undefined || machine.requestCounters !== null ? [] : ['--spin-us', spin]),
  ];
  // Threads poll only on request; io_uring never polls.
  const polls = name === 'uring' ? '0' : (spin ?? (name === 'threads' ? '0' : 'auto'));
  return {
    argv,
    took: {
      transport: name,
      spin: spinText(polls),
    },
  };
};

export interface ServedManifest {
  readonly manifest: string;
  readonly store: Store;
  readonly at: string;
}

/** The options of the server that make a variant, and how they are recorded. */
interface ServerForm {
  readonly flags: readonly string[];
  readonly took: Readonly<Record<string, string>>;
}

/** Starts a server for one mount and waits until it is ready. */
export const serveOne = (
  machine: Machine,
  options: ServerOptions,
  { flags, took }: ServerForm,
  { manifest, store, at }: ServedManifest,
): ServedMount => {
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
    title: 'the FUSE server',
    server,
    root: at,
    fsType: 'fuse.cfs-fuse',
    took: { ...transport.took, ...took },
  };
};

interface FuseForm extends ServerForm {
  readonly id: string;
  readonly title: string;
  readonly how: string;
  readonly answers?: string;
  readonly needs: readonly Need[];
  /** Asks a fetcher beside the store, if there is one, for objects that it lacks. Always with threads: reads wait. */
  readonly fetches?: boolean;
  /** Objects and manifest have fs-verity; the server compares their digests (`--verity require`, `--digest`). */
  readonly sealed?: boolean;
}

const fetchFlags = (machine: Machine, { objectDirs }: Store): readonly string[] => {
  const socket = fetchSocketOf(objectDirs[0]!);
  return machine.files.exists(socket) ? ['--fetch', socket] : [];
};

/** The server compares the digest that the kernel enforces for an object with that of the image. */
const REQUIRE = ['--verity', 'require'] as const;

const prepareOne = (form: FuseForm, image: Image, machine: Machine, options: ServerOptions): Prepared => {
  // Skips an unsupported transport before anything is mounted.
  transportOf(machine, options);
  const { sealed = false, fetches = false } = form;
  const withFlags = (more: readonly string[] = [], took: ServerForm['took'] = {}): Prepared => {
    const mount: MountManifest = async (manifest, store, at) => {
      const flags = [...form.flags, ...more, ...(fetches ? fetchFlags(machine, store) : [])];
      const all = { flags, took: { ...form.took, ...took } };
      return servedMount(machine, serveOne(machine, options, all, { manifest, store, at }));
    };
    return manifestLifecycle(image, machine, mountWith(image, machine, mount, 'over'));
  };
  return sealed
    ? sealedLifecycle(image, machine, {
        files: withFlags([], { verity: 'of objects alone' }),
        reference: withFlags(REQUIRE, { verity: 'require' }),
        manifest: withFlags([...REQUIRE, '--digest', image.manifestDigest], {
          verity: 'require, manifest by its digest',
        }),
      })
    : withFlags();
};

/** One server per mount, without an overlay above it. */
export const fuseBackend = (form: FuseForm): Backend => ({
  id: form.id,
  title: form.title,
  how: form.how,
  ...(form.answers === undefined ? {} : { answers: form.answers }),
  idle: [],
  needs: form.needs,
  shows: 'contents',
  options:
    form.fetches === true
      ? { server: TRANSPORT_OPTIONS.server, spin: TRANSPORT_OPTIONS.spin }
      : TRANSPORT_OPTIONS,
  checkOptions: checkServerOption,
  prepare: async (image, machine, options) =>
    prepareOne(form, image, machine, form.fetches === true ? { ...options, transport: 'threads' } : options),
});
