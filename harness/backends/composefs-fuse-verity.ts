// The FUSE server with `--verity require`: it serves an object only if the digest that the kernel enforces is the one that the image has.
//
// Needs:   /dev/fuse; a compiled server; fs-verity on the work file system.
import type { Backend } from '../model/backend.ts';
import { fuseBackend } from './fuse-server.ts';
import { FS_VERITY, FUSE_SERVER } from './needs.ts';

export const backend: Backend = fuseBackend({
  id: 'composefs-fuse-verity',
  title: 'composefs over FUSE, verified',
  how: 'As composefs-fuse, with fs-verity for each object and for the manifest: cfs-fuse compares the digest that the kernel enforces with the expected one, for an object at each open and for the manifest at its start.',
  answers: 'What does verification of the image by the kernel cost, and what does it refuse?',
  needs: [...FUSE_SERVER, FS_VERITY],
  flags: [],
  took: {},
  sealed: true,
});
