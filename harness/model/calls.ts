// Lists of system calls: prepared before a window, made in one go inside it, so that the window holds the kernel's work only.

/** Result of a call in a list: an argument of later calls, and a number once the list was made. */
export interface CallResult {
  /** Throws before the list was made. */
  readonly value: number;
}

export type Fd = number | CallResult;

/** A path or an option's value, in which results of earlier calls may stand as decimal numbers. */
export type CallText = string | readonly (string | CallResult)[];

export type MountOption =
  | readonly [key: string]
  | readonly [key: string, value: CallText]
  | readonly [key: string, fd: Fd];
export type MountAttribute = 'ro' | 'nosuid' | 'nodev' | 'noexec';

/** Every method adds calls to the list. A failed list closes the descriptors that it opened. */
export interface CallList {
  /** fsopen(type), fsconfig for every option in order, create, fsmount, close: a detached mount. */
  create(type: string, options: readonly MountOption[], attributes: readonly MountAttribute[]): Fd;
  /** open_tree, mount_setattr: a detached read-only bind mount of a folder. */
  clone(path: string): Fd;
  /** move_mount, close: attaches a detached mount at a path. */
  attach(mount: Fd, at: string): void;
  /** umount2(at, 0), or with MNT_DETACH if `lazy`. */
  unmount(at: string, lazy?: boolean): void;
  /**
   * A read-only loop device over `file` with autoclear: it lives until `fd` and its mount are closed. `from`: another path of the same
   * file.
   */
  loop(
    file: string,
    options: { readonly directIo: boolean; readonly from?: CallText },
  ): { readonly device: CallText; readonly fd: Fd };
  open(path: string, flags: number, mode?: number): Fd;
  close(fd: Fd): void;
  /** FS_IOC_ENABLE_VERITY of a file that is open for reading. Fails with code `no-verity` if the file system does not support it. */
  enableVerity(fd: Fd, path: string): void;
  /** FS_IOC_MEASURE_VERITY. Fails with code `wrong-digest` if the kernel enforces another digest (64 hex digits), or none. */
  expectVerity(fd: Fd, path: string, digest: string): void;
  /** Writes all of `bytes`. They must not change until the list was made. */
  write(fd: Fd, bytes: Uint8Array): void;
  /** open(O_CREAT|O_EXCL), write, close. */
  writeNew(path: string, bytes: Uint8Array): void;
  mkdir(path: string, mode: number): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
}

export const isText = (value: CallText | Fd): value is CallText =>
  typeof value === 'string' || Array.isArray(value);

export const fdOf = (fd: Fd): number => (typeof fd === 'number' ? fd : fd.value);

/** Valid once the list was made. */
export const textOf = (text: CallText): string =>
  typeof text === 'string'
    ? text
    : text.map((part) => (typeof part === 'string' ? part : String(part.value))).join('');
