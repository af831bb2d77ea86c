// The reference tool mounts the manifest: mount.composefs of the composefs project.
//
// Needs:   root in the initial user namespace; mount.composefs, which finds its own way to EROFS (file or loop device).
// Does:    one command; unmounts by umount2.
// Error:   mounting holds the start of a command.
// Leaves:  nothing when it dies inside a private mount namespace.
// Source:  mount.composefs(8).
import type { Backend, Store, Writable } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import { attached, heldUntil } from './attached.ts';
import { ROOT } from './data-overlay.ts';
import { type MountManifest, manifestLifecycle, mountWith } from './manifest.ts';

/** Mean something to the tool inside its options. */
const SPECIAL = /[,:\\]/;

const optionsOf = (store: Store, writable: Writable | undefined): string => {
  const paths = [...store.objectDirs, ...(writable === undefined ? [] : [writable.upper, writable.work])];
  const wrong = paths.find((path) => SPECIAL.test(path));
  if (wrong !== undefined)
    throw new UserError(`mount.composefs cannot take the path ${wrong}`, {
      code: 'skip',
      hint: 'give a work folder without comma, colon and backslash: --work DIR',
    });
  const upper = writable === undefined ? [] : [`upperdir=${writable.upper}`, `workdir=${writable.work}`];
  return [`basedir=${store.objectDirs.join(':')}`, ...upper].join(',');
};

const byCommand = (image: Image, machine: Machine): MountManifest =>
  mountWith(image, machine, async (manifest, store, at, writable) => {
    const options = optionsOf(store, writable);
    await machine.command('mount.composefs', ['mount.composefs', '-o', options, manifest, at]);
    return attached(machine, {
      root: at,
      fsType: 'overlay',
      took: { mount: 'mount.composefs', ...(writable === undefined ? {} : { writable: 'one overlay' }) },
      points: [at],
      // A loop device holds the file open, too.
      free: { lease: manifest },
      held: heldUntil(machine, { lease: manifest }),
      source: manifest,
    });
  });

export const backend: Backend = {
  id: 'mount-composefs',
  title: 'mount.composefs',
  how: 'The composefs project’s own tool mounts the manifest as EROFS below an overlayfs.',
  answers: 'Does the reference tool come to the same?',
  idle: [],
  needs: [ROOT, { title: 'mount.composefs', anyOf: ['mount-composefs'] }],
  shows: 'contents',
  options: {},
  prepare: async (image, machine) => manifestLifecycle(image, machine, byCommand(image, machine)),
};
