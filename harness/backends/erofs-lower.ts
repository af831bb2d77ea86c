// A detached EROFS mount of a manifest: from the file itself or over a loop device.
//
// Needs:   root in the initial user namespace; EROFS.
// Does:    fsopen(erofs) on the manifest or on a read-only loop device over it.
// Leaves:  nothing: the kernel drops the mount with its descriptor and the loop device with its last user (autoclear).
// Source:  Documentation/filesystems/erofs.rst; loop(4).
import { type CallList, type CallText, type Fd, type MountOption, textOf } from '../model/calls.ts';
import type { Machine } from '../model/machine.ts';
import type { SourceFree } from './kernel-mount.ts';
import type { LayerPaths } from './overlay-layers.ts';
import type { VerityDevice } from './verity-device.ts';

/** The source from which EROFS reads the manifest. `best`: its file if the kernel can, else a loop device. A device is open already. */
type LowerSource = 'best' | 'loop' | 'loop-direct' | VerityDevice;

export interface LowerChoice {
  readonly source: LowerSource;
  readonly options?: readonly MountOption[];
}

export interface MountedLower {
  readonly fd: Fd;
  readonly took: 'file' | 'loop' | 'loop, direct i/o' | 'dm-verity over loop';
  /** A loop device; known once the list of calls has run. */
  readonly device: CallText | null;
}

/** The condition that nothing holds the manifest or its loop device. */
export const lowerFree = ({ device }: MountedLower, manifest: string): SourceFree =>
  device === null ? { lease: manifest } : { loop: textOf(device) };

export const devicesOf = ({ device }: MountedLower): readonly string[] =>
  device === null ? [] : [textOf(device)];

interface LowerMount {
  readonly manifest: string;
  /** Leads to the manifest that is open already, whatever has its name by now. */
  readonly opened?: CallText;
  readonly paths: LayerPaths;
  readonly choice: LowerChoice;
}

export const mountLower = (
  list: CallList,
  { features }: Machine,
  { manifest, opened, paths, choice }: LowerMount,
): MountedLower => {
  const { source, options = [] } = choice;
  if (typeof source === 'object') {
    const fd = list.create('erofs', [['source', source.path], ['ro'], ...options], ['ro', 'nosuid', 'nodev']);
    return { fd, took: 'dm-verity over loop', device: source.loop };
  }
  if (source === 'best' && features['erofs-file'].ok) {
    const from: MountOption = ['source', opened ?? paths.optionPath(manifest)];
    const fd = list.create('erofs', [from, ...options], ['ro', 'nosuid', 'nodev']);
    return { fd, took: 'file', device: null };
  }
  const directIo = source === 'loop-direct';
  const loop = list.loop(manifest, { directIo, ...(opened && { from: opened }) });
  // A read-only device needs a read-only superblock, not only a read-only mount.
  const from: readonly MountOption[] = [['source', loop.device], ['ro']];
  const fd = list.create('erofs', [...from, ...options], ['ro', 'nosuid', 'nodev']);
  list.close(loop.fd);
  return { fd, device: loop.device, took: directIo ? 'loop, direct i/o' : 'loop' };
};
