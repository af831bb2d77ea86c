// The writable layer of a container: options that make an overlay writable, and an overlay attached over an existing mount.
//
// Does:    upperdir and workdir on the work file system; over a mount: one more fsopen(overlay) with the mount point as lower.
// Source:  Documentation/filesystems/overlayfs.rst (upper and lower).
import type { Mounted, Writable } from '../model/backend.ts';
import type { MountAttribute, MountOption } from '../model/calls.ts';
import type { Machine } from '../model/machine.ts';
import { detachLazily } from './kernel-mount.ts';
import { type LayerPaths, layerPaths, lowerOptions } from './overlay-layers.ts';

export const upperOptions = (writable: Writable | undefined, paths: LayerPaths): readonly MountOption[] =>
  writable === undefined
    ? []
    : [
        ['upperdir', paths.optionPath(writable.upper)],
        ['workdir', paths.optionPath(writable.work)],
      ];

export const attributesOf = (writable: Writable | undefined): readonly MountAttribute[] =>
  writable === undefined ? ['ro', 'nosuid', 'nodev'] : ['nosuid', 'nodev'];

/** Without root, overlayfs keeps its attributes under user.overlay.*. */
export const rootlessOptions = (machine: Machine): readonly MountOption[] =>
  machine.features.root.ok ? [] : [['userxattr']];

const attachOver = (machine: Machine, below: Mounted, writable: Writable): void =>
  machine.calls((list) => {
    const paths = layerPaths(list);
    const options = [
      ...lowerOptions(machine, [below.root], paths),
      ...upperOptions(writable, paths),
      ...rootlessOptions(machine),
    ];
    list.attach(list.create('overlay', options, attributesOf(writable)), below.root);
    paths.close();
  });

/** A writable overlay over `below` at the same path; `unmount` detaches both. */
export const writableOver = async (
  machine: Machine,
  below: Mounted,
  writable: Writable,
): Promise<Mounted> => {
  try {
    attachOver(machine, below, writable);
  } catch (error) {
    below.detach();
    throw error;
  }
  return {
    ...below,
    fsType: 'overlay',
    took: { ...below.took, writable: `overlay over ${below.fsType}` },
    async unmount() {
      machine.calls((list) => list.unmount(below.root));
      await below.unmount();
    },
    detach() {
      detachLazily(machine, [below.root]);
      below.detach();
    },
  };
};
