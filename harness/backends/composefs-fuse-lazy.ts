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
  how: 'cfs-fuse with 8 threads asks a fetcher for each object that the store lacks when it is read for the first time; the fetcher compares its digest before a byte of it is answered.',
  answers: 'How soon can an image be used if nothing of its contents is fetched before?',
  needs: FUSE_SERVER,
  flags: ['--threads', THREADS],
  took: { data: 'fetched when read' },
  fetches: true,
});
