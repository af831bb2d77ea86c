// Drops the kernel's caches of clean pages, dentries and inodes.
//
// Needs:   root in the initial user namespace.
// Does:    sync(2), then 3 to /proc/sys/vm/drop_caches.
// Error:   mapped and dirty pages stay; the sync is for the dirty ones.
// Leaves:  cold caches for all processes of the machine.
// Source:  Documentation/admin-guide/sysctl/vm.rst.
import { files, O_WRONLY } from './files.ts';
import { bind } from './libc.ts';

const cSync = bind<() => number>('sync');
const EVERYTHING = Buffer.from('3\n');

export const dropCaches = (): void => {
  cSync();
  const fd = files.open('/proc/sys/vm/drop_caches', O_WRONLY);
  try {
    files.write(fd, EVERYTHING);
  } finally {
    files.close(fd);
  }
};
