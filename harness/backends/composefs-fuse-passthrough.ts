// The server gives metadata and names an object at each open; the kernel then reads the object itself.
//
// Needs:   root in the initial user namespace, Linux 6.9, objects on a file system that is not stacked itself.
// Error:   an object that the kernel refuses fails the read; there is no fallback.
// Source:  Documentation/filesystems/fuse/fuse-passthrough.rst.
import type { Backend } from '../model/backend.ts';
import { fuseBackend } from './fuse-server.ts';
import { FUSE_SERVER, ROOT } from './needs.ts';

export const backend: Backend = fuseBackend({
  id: 'composefs-fuse-passthrough',
  title: 'composefs over FUSE, contents by passthrough',
  how: 'cfs-fuse serves metadata and names the object at each open; the kernel then reads the object itself, and all mounts share its pages.',
  answers: 'What does FUSE cost when contents do not pass through the server?',
  needs: [...FUSE_SERVER, ROOT, { title: 'FUSE passthrough', anyOf: ['fuse-passthrough'] }],
  flags: ['--data', 'passthrough', '--strict'],
  took: { data: 'passthrough' },
});
