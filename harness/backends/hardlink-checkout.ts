// A checkout of hard links into a link store of files that all images share.
//
// Needs:   GNU tar and rm.
// Does:    one `tar -x` that links, one `rm -rf`.
// Error:   equal files become one inode, and st_nlink counts every checkout; the tree is otherwise equal to the image's.
// Leaves:  the checkout when it dies before destroy.
import type { Backend } from '../model/backend.ts';
import { linkTree, tarsOf } from './checkout.ts';
import { hardlinkLifecycle } from './hardlink-tree.ts';
import { RM, ROOT, TAR } from './needs.ts';
import { refuseUnpackable } from './refuse.ts';

export const backend: Backend = {
  id: 'hardlink-checkout',
  title: 'a hard-link checkout',
  how: 'A link store holds each file once, keyed by contents and metadata; GNU tar makes a tree of hard links into it, a bind mount shows the tree, rm -rf removes it.',
  answers: 'Hard links share disk and page cache without a new file system.',
  idle: [],
  createsFiles: true,
  needs: [ROOT, TAR, RM],
  shows: 'merged-inodes',
  options: {},
  async prepare(image, machine) {
    refuseUnpackable(image);
    const tars = tarsOf(image);
    return hardlinkLifecycle(image, machine, {
      link: (into, linkStores) => linkTree(machine, tars, { linkStores, into }),
      remove: (root) => machine.command('rm', ['rm', '-rf', root]),
    });
  },
};
