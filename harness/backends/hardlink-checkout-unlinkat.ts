// As hardlink-checkout, but system calls of one process remove the tree, as a runtime could do it.
//
// Needs:   the features of hardlink-checkout without rm; the compiled calls of timed windows.
// Does:    one `tar -x` that links; per folder openat, getdents64, close, unlinkat; per name in it one unlinkat.
// Error:   equal files become one inode, and st_nlink counts every checkout; the tree is otherwise equal to the image's.
// Leaves:  the checkout when it dies before destroy.
import type { Backend } from '../model/backend.ts';
import { batchOf, linkTree, tarsOf } from './checkout.ts';
import { hardlinkLifecycle } from './hardlink-tree.ts';
import { ROOT, TAR, TIMED_CALLS } from './needs.ts';
import { refuseUnpackable } from './refuse.ts';

export const backend: Backend = {
  id: 'hardlink-checkout-unlinkat',
  title: 'a hard-link checkout, removed without rm',
  how: 'As hardlink-checkout, but system calls of one process remove the tree, without rm.',
  answers:
    'How much of the removal of a checkout is rm, and how much the system calls that any program must make?',
  idle: [],
  createsFiles: true,
  needs: [ROOT, TAR, TIMED_CALLS],
  shows: 'merged-inodes',
  options: {},
  async prepare(image, machine) {
    refuseUnpackable(image);
    const tars = tarsOf(image);
    const batch = batchOf(machine);
    return hardlinkLifecycle(image, machine, {
      link: (into, linkStores) => linkTree(machine, tars, { linkStores, into }),
      remove: async (root) => batch.removeTree(root),
    });
  },
};
