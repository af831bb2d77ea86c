// The reference tool mounts the manifest: mount.composefs of the composefs project.
//
// Needs:   root in the initial user namespace; mount.composefs, which itself chooses between a file and a loop device.
// Does:    one command; unmounts by umount2.
// Error:   the time of a mount includes the start of the command.
// Leaves:  nothing when it dies inside a private mount namespace.
// Source:  mount.composefs(8).
import type { Backend, Store, Writable } from '../model/backend.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import { heldUntil, kernelMount } from './kernel-mount.ts';
import { type MountManifest, manifestLifecycle, mountWith } from './manifest.ts';
import { ROOT } from './needs.ts';
import { skip } from './refuse.ts';

/** Characters with a meaning inside the tool's options. */
const SPECIAL = /[,:\\]/;

const optionsOf = (store: Store, writable: Writable | undefined): string => {
  const paths = [...store.objectDirs, ...(writable === undefined ? [] : [writable.upper, writable.work])];
  const refused = paths.find((path) => SPECIAL.test(path));
  if (refused !== undefined)
    skip(
      `mount.composefs cannot take the path ${refused}`,
      '--work DIR, a folder without comma, colon and backslash in its path',
    );
  const upper = writable === undefined ? [] : [`upperdir=${writable.upper}`, `workdir=${writable.work}`];
  return [`basedir=${store.objectDirs.join(':')}`, ...upper].join(',');
};

const byCommand = (image: Image, machine: Machine): MountManifest =>
  mountWith(image, machine, async (manifest, store, at, writable) => {
    const options = optionsOf(store, writable);
    await machine.command('mount.composefs', ['mount.composefs', '-o', options, manifest, at]);
    return kernelMount(machine, {
      root: at,
      fsType: 'overlay',
      took: { mount: 'mount.composefs', ...(writable === undefined ? {} : { writable: 'one overlay' }) },
      points: [at],
      // A loop device also holds the file open.
      free: { lease: manifest },
      held: heldUntil(machine, { lease: manifest }),
      source: manifest,
    });
  });

export const backend: Backend = {
  id: 'mount-composefs',
  title: 'mount.composefs',
  how: 'The composefs project’s own tool mounts the manifest as EROFS below an overlayfs.',
  answers: 'Does the reference tool give the same numbers?',
  idle: [],
  starts: ['mount.composefs'],
  needs: [ROOT, { title: 'mount.composefs', anyOf: ['mount-composefs'] }],
  shows: 'contents',
  options: {},
  prepare: async (image, machine) => manifestLifecycle(image, machine, byCommand(image, machine)),
};
