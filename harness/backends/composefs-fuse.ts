// The manifest served by the project's own FUSE server, contents read from the object store by the server.
//
// Needs:   /dev/fuse that opens, and a compiled server; works without root in a user namespace.
// Does:    starts one server per mount and returns when it says that it is ready.
// Leaves:  nothing: the server ends when it is unmounted or when its parent dies.
// Source:  Documentation/filesystems/fuse.rst, include/uapi/linux/fuse.h.
import { resolve } from 'node:path';
import type { Backend } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import { type MountManifest, manifestLifecycle, mountWith } from './manifest.ts';
import { checkServer, serverPath } from './server-path.ts';

const SETTLE_LIMIT_MS = 5000;

export const backend: Backend = {
  id: 'composefs-fuse',
  title: 'composefs over FUSE',
  how: 'cfs-fuse serves the manifest, metadata and contents alike; contents come from the object store by pread.',
  idle: [],
  needs: [
    { title: 'a FUSE device that opens', anyOf: ['fuse'] },
    { title: 'the compiled server cfs-fuse', anyOf: ['cfs-fuse'] },
  ],
  shows: 'contents',
  options: { server: [] },
  checkOptions: ({ server }) => {
    if (server !== undefined) checkServer(server);
  },
  async prepare(image, machine, options) {
    const program = options['server'] === undefined ? serverPath : resolve(options['server']);
    const counters = machine.requestCounters === null ? [] : ['--stats', machine.requestCounters];
    const mount: MountManifest = async (manifest, store, at) => {
      const objects = store.objectDirs.flatMap((dir) => ['--objects', dir]);
      const server = machine.serve('cfs-fuse', [
        program,
        ...objects,
        ...counters,
        '--ready-fd',
        '{ready}',
        manifest,
        at,
      ]);
      return {
        root: at,
        fsType: 'fuse.cfs-fuse',
        servers: [server.pid],
        took: { transport: 'read/write' },
        async unmount() {
          machine.mounts.unmount(at);
        },
        async settle() {
          if (!server.exited(SETTLE_LIMIT_MS))
            throw new UserError('the FUSE server did not end after the unmount', {
              code: 'timeout',
              exit: 5,
              facts: [`pid: ${server.pid}`, `waited: ${SETTLE_LIMIT_MS} ms`],
            });
        },
        abandon() {
          try {
            machine.mounts.unmount(at, true);
          } catch {
            // Already gone: that is what was wanted.
          }
          server.stop(1000);
        },
      };
    };
    return manifestLifecycle(image, machine, mountWith(image, machine, mount, 'over'));
  },
};
