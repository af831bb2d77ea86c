// An EROFS mount of a manifest, not attached anywhere yet: from the file itself or over a loop device.
//
// Needs:   root in the initial user namespace; EROFS.
// Does:    fsopen(erofs) on the manifest or on a read-only loop device over it.
// Leaves:  nothing: the mount goes with its descriptor, the loop device frees itself (autoclear).
// Source:  Documentation/filesystems/erofs.rst; loop(4).
import { type CallList, type Fd, type MountOption, type Text, textOf } from '../model/calls.ts';
import type { Machine } from '../model/machine.ts';
import type { SourceFree } from './attached.ts';
import type { LayerPaths } from './overlay-layers.ts';

/** How the manifest gets below EROFS. `best`: its file where the kernel can, else a loop device. */
export type Source = 'best' | 'loop' | 'loop-direct';

export interface LowerChoice {
  readonly source: Source;
  readonly options?: readonly MountOption[];
}

export interface Lower {
  readonly fd: Fd;
  readonly took: 'file' | 'loop' | 'loop, direct i/o';
  /** Known once the list was made. */
  readonly device: Text | null;
}

/** Nothing holds the manifest or its loop device any more. */
export const lowerFree = ({ device }: Lower, manifest: string): SourceFree =>
  device === null ? { lease: manifest } : { loop: textOf(device) };

export const devicesOf = ({ device }: Lower): readonly string[] => (device === null ? [] : [textOf(device)]);

export const mountLower = (
  list: CallList,
  { features }: Machine,
  manifest: string,
  paths: LayerPaths,
  { source, options = [] }: LowerChoice,
): Lower => {
  if (source === 'best' && features['erofs-file'].ok) {
    const from: MountOption = ['source', paths.short(manifest)];
    const fd = list.create('erofs', [from, ...options], ['ro', 'nosuid', 'nodev']);
    return { fd, took: 'file', device: null };
  }
  const directIo = source === 'loop-direct';
  const loop = list.loop(manifest, { directIo });
  // A read-only device wants a read-only superblock, not only a read-only mount.
  const from: readonly MountOption[] = [['source', loop.device], ['ro']];
  const fd = list.create('erofs', [...from, ...options], ['ro', 'nosuid', 'nodev']);
  list.close(loop.fd);
  return { fd, device: loop.device, took: directIo ? 'loop, direct i/o' : 'loop' };
};
