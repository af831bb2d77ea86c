// The manifest served by the project's own FUSE server, which also reads contents from the object store.
import type { Backend } from '../model/backend.ts';
import { fuseBackend } from './fuse-server.ts';
import { FUSE_SERVER } from './needs.ts';

export const backend: Backend = fuseBackend({
  id: 'composefs-fuse',
  title: 'composefs over FUSE',
  how: 'cfs-fuse serves metadata from the manifest and contents from the object store, by pread.',
  needs: FUSE_SERVER,
  flags: [],
  took: {},
});
