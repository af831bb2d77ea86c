// EROFS over fscache: the image lies in the kernel's cache, and a daemon fetches missing parts on demand (from Linux 5.19 on; removed since).
//
// Needs:   CONFIG_EROFS_FS_ONDEMAND, which no distribution's kernel that was tried has.
// Error:   this program has no daemon for cachefiles: on a kernel that takes `fsid=` the backend is skipped, too.
// Source:  Documentation/filesystems/caching/cachefiles.rst (on-demand read).
import type { Backend } from '../model/backend.ts';
import { ROOT } from './needs.ts';
import { skip } from './refuse.ts';

export const backend: Backend = {
  id: 'erofs-fscache',
  title: 'EROFS over fscache',
  how: 'EROFS reads its image through the cache of the kernel (mount option fsid=), and a daemon fetches missing parts on demand.',
  answers: 'What does fetching an image on demand in the kernel cost?',
  idle: [],
  needs: [ROOT, { title: 'EROFS over fscache', anyOf: ['erofs-fscache'] }],
  shows: 'contents',
  options: {},
  prepare: () => skip('cfsbench has no daemon for cachefiles'),
};
