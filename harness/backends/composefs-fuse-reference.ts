// The manifest served by the composefs project's own FUSE server.
//
// Needs:   /dev/fuse; composefs-fuse, which no distribution of today builds by default (meson -Dfuse=enabled).
// Does:    starts it in the foreground, as cfs-fuse is, and returns when the mount is there: it tells nobody that it is ready.
// Error:   the mount shows between two looks, 20 us apart. It shows extended attributes whose names begin with `user.` alone.
// Leaves:  nothing: the server ends when it is unmounted.
// Source:  composefs-fuse --help; tools/cfs-fuse.c of composefs.
import type { Backend, Mounted } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Machine, Server } from '../model/machine.ts';
import { letGo } from './attached.ts';
import { serverHeld } from './fuse-server.ts';
import { type MountManifest, manifestLifecycle, mountWith } from './manifest.ts';

const SETTLE_LIMIT_MS = 5000;
/** Mean something to libfuse inside its options. */
const SPECIAL = /[,\\]/;

const served = (machine: Machine, server: Server, at: string): Mounted => ({
  root: at,
  fsType: machine.mounts.typeAt(at) ?? 'no mount',
  servers: [server.pid],
  took: { transport: 'libfuse, threads' },
  held: serverHeld(server),
  async unmount() {
    machine.calls((list) => list.unmount(at));
  },
  async settle() {
    if (!server.exited(SETTLE_LIMIT_MS))
      throw new UserError('composefs-fuse did not end after the unmount', {
        code: 'timeout',
        exit: 5,
        facts: [`pid: ${server.pid}`, `waited: ${SETTLE_LIMIT_MS} ms`],
      });
  },
  abandon() {
    letGo(machine, [at]);
    server.stop(1000);
  },
});

const byServer = (image: Image, machine: Machine): MountManifest => {
  const mount: MountManifest = async (manifest, store, at) => {
    const [objects = ''] = store.objectDirs;
    const wrong = [manifest, objects].find((path) => SPECIAL.test(path));
    if (wrong !== undefined)
      throw new UserError(`composefs-fuse cannot take the path ${wrong}`, {
        code: 'skip',
        hint: 'give a work folder without comma and backslash: --work DIR',
      });
    const options = `source=${manifest},basedir=${objects},allow_other`;
    const argv = ['composefs-fuse', '-f', '-o', options, at];
    const server = machine.serve('composefs-fuse', argv, () => machine.mounts.isMount(at));
    return served(machine, server, at);
  };
  return mountWith(image, machine, mount, 'over');
};

export const backend: Backend = {
  id: 'composefs-fuse-reference',
  title: 'the reference FUSE server',
  how: 'composefs-fuse of the composefs project serves the manifest; contents come from the object store.',
  answers: 'Is the project’s own server a fair stand-in for the reference?',
  idle: [],
  needs: [
    { title: 'a FUSE device that opens', anyOf: ['fuse'] },
    { title: 'composefs-fuse', anyOf: ['composefs-fuse'] },
  ],
  shows: 'contents',
  // Version 1.0.8: `only support user.*`, in cfs_listxattr_element of tools/cfs-fuse.c.
  hides: ['security.', 'system.', 'trusted.'],
  options: {},
  prepare: async (image, machine) => manifestLifecycle(image, machine, byServer(image, machine)),
};
