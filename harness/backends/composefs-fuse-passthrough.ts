// The same server for metadata; the kernel reads objects by itself, after the server has named one at each open.
//
// Needs:   root in the initial user namespace, Linux 6.9, objects on a file system that is not stacked itself.
// Error:   a kernel that refuses an object fails the read rather than falling back.
// Source:  Documentation/filesystems/fuse/fuse-passthrough.rst.
import type { Backend } from '../model/backend.ts';
import { FUSE_NEEDS, fuseBackend } from './fuse-server.ts';

export const backend: Backend = fuseBackend({
  id: 'composefs-fuse-passthrough',
  title: 'composefs over FUSE, contents by passthrough',
  how: 'cfs-fuse serves the metadata and names the object at each open; the kernel then reads the object by itself, and its pages are shared by all mounts.',
  answers: 'What is left of the cost of FUSE where contents do not pass through the server?',
  needs: [
    ...FUSE_NEEDS,
    { title: 'root in the initial user namespace', anyOf: ['root'] },
    { title: 'FUSE passthrough', anyOf: ['fuse-passthrough'] },
  ],
  flags: ['--data', 'passthrough', '--strict'],
  took: { data: 'passthrough' },
});
