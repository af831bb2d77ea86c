// The manifest served by the project's own FUSE server, contents read from the object store by the server.
import type { Backend } from '../model/backend.ts';
import { FUSE_NEEDS, fuseBackend } from './fuse-server.ts';

export const backend: Backend = fuseBackend({
  id: 'composefs-fuse',
  title: 'composefs over FUSE',
  how: 'cfs-fuse serves the manifest, metadata and contents alike; contents come from the object store by pread.',
  needs: FUSE_NEEDS,
  flags: [],
  took: {},
});
