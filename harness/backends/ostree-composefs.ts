// A composefs image that ostree makes of a commit; the files of its repository are the objects.
//
// Needs:   root; ostree built with composefs (Debian's from after 13 on); EROFS and overlayfs with data-only lowers.
// Does:    create: one `ostree checkout --composefs-noverity`, which writes one file. mount: EROFS below overlayfs, as erofs-overlay.
//          destroy: one unlink. ingest, collect: ostree-repository.ts.
// Error:   ostree sets all times to 0, gives each name an inode of its own, and adds empty directories to the root of the image;
//          the proof says so.
// Source:  ostree-checkout(1).
import { join } from 'node:path';
import type { Backend } from '../model/backend.ts';
import { mountStack } from './data-overlay.ts';
import { mountWith } from './manifest.ts';
import { DATA_LOWERS, EROFS, RM, ROOT, TAR } from './needs.ts';
import { ostreeLifecycle, repositoryOf } from './ostree-repository.ts';

export const backend: Backend = {
  id: 'ostree-composefs',
  title: 'ostree and composefs',
  how: 'ostree commits the tree to a bare repository and writes a composefs image of the commit; EROFS below an overlayfs shows it, the files of the repository are a data-only lower layer.',
  answers: 'What does composefs cost with the tool that distributions use for it?',
  idle: [],
  needs: [ROOT, { title: 'ostree with composefs', anyOf: ['ostree-composefs'] }, EROFS, DATA_LOWERS, TAR, RM],
  shows: 'merged-inodes',
  losesTimes: true,
  adds: ['/boot', '/etc', '/sysroot', '/usr', '/var'],
  options: {},
  prepare: (image, machine) => {
    const mount = mountWith(image, machine, async (manifest, store, at, writable) => {
      const objects = { ...store, objectDirs: [join(repositoryOf(store), 'objects')] };
      return mountStack({
        machine,
        manifest,
        store: objects,
        at,
        writable,
        choice: { source: 'best' },
        data: 'data-only',
      });
    });
    return ostreeLifecycle(image, machine, async (checkout, store, dir) => {
      const manifest = join(dir, 'image.cfs');
      await checkout(['--composefs-noverity', '--fsync=false'], manifest);
      return {
        mount: (at, writable) => mount(manifest, store, at, writable),
        async destroy() {
          machine.calls((list) => list.unlink(manifest));
        },
      };
    });
  },
};
