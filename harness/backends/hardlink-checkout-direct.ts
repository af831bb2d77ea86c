// The hard-link checkout, made and removed by system calls of one process, as a runtime could do it.
//
// Needs:   the compiled calls of timed windows; GNU tar for the link store.
// Does:    create: mkdirat, openat, linkat, symlinkat, mknodat and the calls that set folders' attributes, from a prepared
//          description; destroy: openat, getdents64, unlinkat. Each phase is one window.
// Error:   equal files become one inode, and st_nlink counts every checkout; the tree is otherwise equal to the image's.
// Leaves:  the checkout when it dies before destroy.
import type { Backend } from '../model/backend.ts';
import { plantedTree } from '../store/planted-tree.ts';
import { batchOf, makerHere } from './checkout.ts';
import { hardlinkLifecycle } from './hardlink-tree.ts';
import { ROOT, TAR, TIMED_CALLS } from './needs.ts';
import { refuseUnpackable } from './refuse.ts';

export const backend: Backend = {
  id: 'hardlink-checkout-direct',
  title: 'a hard-link checkout, no commands',
  how: 'As hardlink-checkout, but system calls of one process make and remove the tree of hard links, without tar and rm.',
  answers: 'How much of a checkout is tar and rm, and how much the system calls that any program must make?',
  idle: [],
  createsFiles: true,
  needs: [ROOT, TAR, TIMED_CALLS],
  shows: 'merged-inodes',
  options: {},
  async prepare(image, machine) {
    refuseUnpackable(image);
    const batch = batchOf(machine);
    const planted = plantedTree(image, makerHere());
    return hardlinkLifecycle(image, machine, {
      async link(root, linkStores) {
        batch.makeTree({ linkStores, nodes: planted.at(root) });
      },
      async remove(root) {
        batch.removeTree(root);
      },
    });
  },
};
