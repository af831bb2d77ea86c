// An EROFS mount of a manifest, not attached anywhere yet: from the file itself or over a loop device.
//
// Needs:   root in the initial user namespace; EROFS.
// Does:    fsopen(erofs) on the manifest or on a read-only loop device over it.
// Leaves:  nothing: the mount goes with its descriptor, the loop device frees itself (autoclear).
// Source:  Documentation/filesystems/erofs.rst; loop(4).
import type { Held } from '../model/backend.ts';
import type { Machine, MountOption } from '../model/machine.ts';
import { askedBy, LEASE, LOOP } from './attached.ts';
import type { LayerPaths } from './overlay-layers.ts';

/** How the manifest gets below EROFS. `best`: its file where the kernel can, else a loop device. */
export type Source = 'best' | 'loop' | 'loop-direct';

export interface LowerChoice {
  readonly source: Source;
  readonly options?: readonly MountOption[];
}

export interface Lower {
  readonly fd: number;
  readonly took: 'file' | 'loop' | 'loop, direct i/o';
  readonly devices: readonly string[];
  /** Nothing holds the manifest or its loop device any more. */
  free(): boolean;
  readonly held: Held;
}

export const mountLower = (
  machine: Machine,
  manifest: string,
  paths: LayerPaths,
  { source, options = [] }: LowerChoice,
): Lower => {
  if (source === 'best' && machine.features['erofs-file'].ok) {
    const from: MountOption = ['source', paths.short(manifest)];
    const fd = machine.mounts.create('erofs', [from, ...options], ['ro', 'nosuid', 'nodev']);
    const free = (): boolean => machine.files.leaseFree(manifest);
    return { fd, took: 'file', devices: [], free, held: askedBy(LEASE, free) };
  }
  const directIo = source === 'loop-direct';
  const loop = machine.mounts.loop(manifest, { directIo });
  try {
    // A read-only device wants a read-only superblock, not only a read-only mount.
    const from: readonly MountOption[] = [['source', loop.device], ['ro']];
    const fd = machine.mounts.create('erofs', [...from, ...options], ['ro', 'nosuid', 'nodev']);
    const free = (): boolean => machine.mounts.loopFree(loop.device);
    return {
      fd,
      devices: [loop.device],
      took: directIo ? 'loop, direct i/o' : 'loop',
      free,
      held: askedBy(LOOP, free),
    };
  } finally {
    machine.files.close(loop.fd);
  }
};
