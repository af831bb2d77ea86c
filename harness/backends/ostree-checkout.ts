// A checkout by ostree: commits in a bare repository share files by contents and metadata; a checkout links to them.
//
// Needs:   root; ostree, tar and rm; repository and checkout on one file system.
// Does:    create: one `ostree checkout -H`. mount: a read-only bind mount. destroy: one `rm -rf`. ingest, collect: ostree-repository.ts.
// Error:   ostree sets the times of files and directories to 0, those of symlinks to the present, and merges equal files; the proof
//          says so.
// Source:  ostree-checkout(1).
import { join } from 'node:path';
import type { Backend } from '../model/backend.ts';
import { NOT_WRITABLE } from './checkout.ts';
import { bindMount } from './kernel-mount.ts';
import { RM, ROOT, TAR } from './needs.ts';
import { ostreeLifecycle } from './ostree-repository.ts';
import { refuseWritable } from './refuse.ts';

export const backend: Backend = {
  id: 'ostree-checkout',
  title: 'ostree checkout',
  how: 'ostree commits the tree to a bare repository and checks it out as hard links, a bind mount shows it, rm -rf removes it; ostree prune collects.',
  answers: 'What does a checkout cost with the tool that distributions use for it?',
  idle: [],
  createsFiles: true,
  needs: [ROOT, { title: 'ostree', anyOf: ['ostree'] }, TAR, RM],
  shows: 'merged-inodes',
  losesTimes: true,
  options: {},
  prepare: (image, machine) =>
    ostreeLifecycle(image, machine, async (checkout, _store, dir) => {
      const root = join(dir, 'root');
      await checkout(['-H', '--fsync=false'], root);
      return {
        async mount(at, writable) {
          refuseWritable(writable, NOT_WRITABLE);
          return bindMount(machine, { folder: root, at });
        },
        destroy: () => machine.command('rm', ['rm', '-rf', root]),
      };
    }),
};
