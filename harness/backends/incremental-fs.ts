// Incremental FS: files of an Android package are readable while they are still fetched.
//
// Needs:   a kernel of Android; mainline Linux has no Incremental FS.
// Error:   not tried on such a kernel, where the backend is skipped, too.
// Source:  Documentation/filesystems/incfs.rst of the Android common kernel.
import type { Backend } from '../model/backend.ts';
import { ROOT } from './needs.ts';
import { skip } from './refuse.ts';

export const backend: Backend = {
  id: 'incremental-fs',
  title: 'Incremental FS',
  how: 'The file system of Android packages shows files whose blocks a data loader still fetches.',
  answers: 'What does fetching blocks on demand cost?',
  idle: [],
  needs: [ROOT, { title: 'Incremental FS', anyOf: ['incremental-fs'] }],
  shows: 'contents',
  options: {},
  prepare: () => skip('cfsbench has no data loader for Incremental FS'),
};
