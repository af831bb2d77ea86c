// The manifest served by the composefs project's own FUSE server.
//
// Needs:   /dev/fuse; composefs-fuse, which no distribution builds by default (meson -Dfuse=enabled).
// Does:    starts the server in the foreground and polls for the mount: the server does not report that it is ready.
// Error:   the mount is seen up to 20 us late. The server shows only extended attributes whose names begin with `user.`.
// Leaves:  nothing: the server ends when it is unmounted.
// Source:  composefs-fuse --help; tools/cfs-fuse.c of composefs.
import type { Backend } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import { type MountManifest, manifestLifecycle, mountWith } from './manifest.ts';
import { FUSE_DEVICE } from './needs.ts';
import { skip } from './refuse.ts';
import { servedMount } from './served-mount.ts';

/** Characters with a meaning inside libfuse's options. */
const SPECIAL = /[,\\]/;

const byServer = (image: Image, machine: Machine): MountManifest => {
  const mount: MountManifest = async (manifest, store, at) => {
    const [objects = ''] = store.objectDirs;
    const refused = [manifest, objects].find((path) => SPECIAL.test(path));
    if (refused !== undefined)
      skip(
        `composefs-fuse cannot take the path ${refused}`,
        '--work DIR, a folder without comma and backslash in its path',
      );
    const options = `source=${manifest},basedir=${objects},allow_other`;
    const argv = ['composefs-fuse', '-f', '-o', options, at];
    const server = machine.serve('composefs-fuse', argv, () => machine.mounts.isMount(at));
    return servedMount(machine, {
      title: 'composefs-fuse',
      server,
      root: at,
      fsType: machine.mounts.typeAt(at) ?? 'no mount',
      took: { transport: 'libfuse, threads' },
    });
  };
  return mountWith(image, machine, mount, 'over');
};

export const backend: Backend = {
  id: 'composefs-fuse-reference',
  title: 'the reference FUSE server',
  how: 'composefs-fuse of the composefs project serves the manifest; contents come from the object store.',
  answers: 'Does the project’s own server represent the reference server fairly?',
  idle: [],
  starts: ['composefs-fuse'],
  needs: [FUSE_DEVICE, { title: 'composefs-fuse', anyOf: ['composefs-fuse'] }],
  shows: 'contents',
  // Version 1.0.8: `only support user.*`, in cfs_listxattr_element of tools/cfs-fuse.c.
  hides: ['security.', 'system.', 'trusted.'],
  options: {},
  prepare: async (image, machine) => manifestLifecycle(image, machine, byServer(image, machine)),
};
