// The project's own FUSE server on a store that is not complete: an object is fetched when it is read for the first time.
//
// Needs:   the features of composefs-fuse; a fetcher beside the store, which `pull` starts. Without one it is composefs-fuse with threads.
// Does:    a read of a missing object waits until the fetcher has compared its digest and put it into the store; other reads go on, in
//          other threads.
import type { Backend } from '../model/backend.ts';
import { fuseBackend } from './fuse-server.ts';
import { FUSE_SERVER } from './needs.ts';

const THREADS = '8';

export const backend: Backend = fuseBackend({
  id: 'composefs-fuse-lazy',
  title: 'composefs over FUSE, objects fetched when they are read',
  how: 'At the first read of an object that the store lacks, cfs-fuse with 8 threads asks a fetcher for it; the fetcher compares its digest before the read returns a byte.',
  answers: 'How soon can an image be used if no contents are fetched before the mount?',
  needs: FUSE_SERVER,
  flags: ['--threads', THREADS],
  took: { data: 'fetched when read' },
  fetches: true,
});
