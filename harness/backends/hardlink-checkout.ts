// A checkout of hard links into a pool of files that all images share.
//
// Needs:   GNU tar and rm.
// Does:    one `tar -x` that links, one `rm -rf`.
// Error:   names of equal files become one inode, and st_nlink counts every checkout: the tree that it shows is equal but for that.
// Leaves:  the checkout when it dies before destroy.
import { join } from 'node:path';
import type { Backend } from '../model/backend.ts';
import {
  collectPool,
  fillPool,
  linkTree,
  mountCheckout,
  poolDirsOf,
  refuseDigested,
  refuseUnpackable,
  refuseWritable,
  tarsOf,
} from './checkout.ts';

export const backend: Backend = {
  id: 'hardlink-checkout',
  title: 'hard-link checkout',
  how: 'Files lie once in a pool that is keyed by contents and metadata together; GNU tar makes a tree of hard links into it, a bind mount shows it, rm -rf removes it.',
  answers: 'Hard links share disk and page cache without any new file system.',
  idle: [],
  createsFiles: true,
  needs: [
    { title: 'root in the initial user namespace', anyOf: ['root'] },
    { title: 'GNU tar', anyOf: ['tar'] },
    { title: 'rm', anyOf: ['rm'] },
  ],
  shows: 'merged-inodes',
  options: {},
  async prepare(image, machine) {
    refuseUnpackable(image);
    const tars = tarsOf(image);
    return {
      async ingest(store, how) {
        refuseDigested(how);
        await fillPool(machine, image, poolDirsOf(store));
      },
      async create(store, dir) {
        const root = join(dir, 'root');
        await linkTree(machine, tars, { pools: poolDirsOf(store), into: root });
        return {
          async mount(at, writable) {
            refuseWritable(writable);
            return mountCheckout(machine, root, at);
          },
          destroy: () => machine.command('rm', ['rm', '-rf', root]),
        };
      },
      async collect(store, keep) {
        collectPool(machine, poolDirsOf(store), keep);
      },
    };
  },
};
