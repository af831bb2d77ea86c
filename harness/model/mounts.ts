// Mounts, loop devices and made file systems of the machine. Failures throw SysError.
import type { MountAttribute, MountOption } from './calls.ts';

/** The mount API. The kernel's messages of a context are facts of the SysError. */
export interface Mounts {
  /** fsopen(type), fsconfig for every option in order, create, fsmount: a detached mount's descriptor. */
  create(type: string, options: readonly MountOption[], attributes: readonly MountAttribute[]): number;
  /** A detached, read-only bind mount of a folder. */
  clone(path: string): number;
  /** Attaches a detached mount at a path and closes the descriptor. */
  attach(mountFd: number, at: string): void;
  /** umount2(at, 0), or with MNT_DETACH if `lazy`. */
  unmount(at: string, lazy?: boolean): void;
  /** A loop device over `file` with autoclear: it lives until `fd` and its mount are closed. */
  loop(
    file: string,
    options: { readonly directIo: boolean },
  ): { readonly device: string; readonly fd: number };
  /**
   * A new name for a device of the device mapper. Devices belong to no namespace: by its name the next start finds one that a killed
   * run left.
   */
  deviceName(): string;
  /** True if LOOP_GET_STATUS64 returns ENXIO. */
  loopFree(device: string): boolean;
  /** Anonymous device number of the file system that is mounted at this path. */
  superblockAt(at: string): number;
  /** Whether the kernel reuses this device number, i.e. its file system is gone; null if that cannot be tested. */
  superblockFree(number: number): boolean | null;
  /** Removes free loop devices that the kernel made for this run. */
  removeNewLoops(): Promise<void>;
  /** Aborts the FUSE connection of the mount at exactly this path, also if its server hangs. */
  abortFuse(at: string): boolean;
  /** Whether a mount is attached at exactly this path: one system call. */
  isMount(path: string): boolean;
  /** File system type of the topmost mount at exactly this path, as mountinfo writes it; null when there is none. */
  typeAt(path: string): string | null;
}

/** The condition that shows that a mount's resource is free. */
export type SettleCondition =
  /** The kernel grants a write lease on the file: no descriptor refers to it. */
  | { readonly lease: string }
  /** The loop device is free. */
  | { readonly loop: string }
  /** No mount is attached at exactly this path. */
  | { readonly unmounted: string };

/** A file system made for a slot, in memory or on a loop file. */
export interface MadeFileSystem {
  readonly root: string;
  /** The file below its loop device; null: it is in memory. */
  readonly disk: string | null;
  /** Blocks and inodes in use according to statfs(2). */
  usage(): { readonly bytes: number; readonly inodeCount: number };
  /** Whether it was mounted with a journal; null if its type has none. Removals may have to wait for it. */
  readonly journal: boolean | null;
  /** Whether it was mounted with discard; null if its type has none. */
  readonly discard: boolean | null;
  /** Names looked up in its directories since the mount; null if its type does not count them. */
  lookupCount(): number | null;
  /** Unmounts it, waits until its loop device is free, removes its file. */
  remove(): void;
}
/** `ext4-verity`: an ext4 whose files can get fs-verity. */
export type MadeType = 'ext4' | 'ext4-verity' | 'xfs' | 'btrfs' | 'tmpfs';
