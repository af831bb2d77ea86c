// The same checkout of hard links, made and removed without a command: what a runtime would do in its own process.
//
// Needs:   the compiled calls of timed windows; GNU tar for the pool.
// Does:    create: mkdirat, openat, linkat, symlinkat, mknodat and what folders carry, from a description at hand; destroy: openat,
//          getdents64, unlinkat. Each is one window.
// Error:   names of equal files become one inode, and st_nlink counts every checkout: the tree that it shows is equal but for that.
// Leaves:  the checkout when it dies before destroy.
import { join } from 'node:path';
import type { Backend } from '../model/backend.ts';
import { plantedTree } from '../store/planted-tree.ts';
import {
  collectPool,
  fillPool,
  loopsOf,
  makerHere,
  mountCheckout,
  poolDirsOf,
  refuseDigested,
  refuseUnpackable,
  refuseWritable,
  TIMED_CALLS,
} from './checkout.ts';

export const backend: Backend = {
  id: 'hardlink-checkout-direct',
  title: 'hard-link checkout, no commands',
  how: 'As hardlink-checkout, but the tree of hard links is made and removed by system calls of one process, without tar and rm.',
  answers: 'Is it tar and rm that a checkout costs, or the system calls that no program can leave out?',
  idle: [],
  createsFiles: true,
  needs: [
    { title: 'root in the initial user namespace', anyOf: ['root'] },
    { title: 'GNU tar', anyOf: ['tar'] },
    TIMED_CALLS,
  ],
  shows: 'merged-inodes',
  options: {},
  async prepare(image, machine) {
    refuseUnpackable(image);
    const loops = loopsOf(machine);
    const planted = plantedTree(image, makerHere());
    return {
      async ingest(store, how) {
        refuseDigested(how);
        await fillPool(machine, image, poolDirsOf(store));
      },
      async create(store, dir) {
        const root = join(dir, 'root');
        loops.plantTree({ pools: poolDirsOf(store), nodes: planted.at(root) });
        return {
          async mount(at, writable) {
            refuseWritable(writable);
            return mountCheckout(machine, root, at);
          },
          async destroy() {
            loops.removeTree(root);
          },
        };
      },
      async collect(store, keep) {
        collectPool(machine, poolDirsOf(store), keep);
      },
    };
  },
};
