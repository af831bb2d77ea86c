// System calls that are prepared one by one and made all at once: what a window holds is then the kernel's work alone.

/** What a call of the list will return: usable in later calls of the same list, and once the list was made. */
export interface CallResult {
  /** Throws before the call was made. */
  readonly value: number;
}

export type Fd = number | CallResult;

/** A path, or an option's value; numbers that calls return are filled in when they are known. */
export type CallText = string | readonly (string | CallResult)[];

export type MountOption =
  | readonly [key: string]
  | readonly [key: string, value: CallText]
  | readonly [key: string, fd: Fd];
export type MountAttribute = 'ro' | 'nosuid' | 'nodev' | 'noexec';

/** Every method adds calls to the list. Descriptors that a failed list has opened are closed again. */
export interface CallList {
  /** fsopen(type), fsconfig for every option in order, create, fsmount, close: a detached mount. */
  create(type: string, options: readonly MountOption[], attributes: readonly MountAttribute[]): Fd;
  /** open_tree, mount_setattr: a detached, read-only mount of a folder that is there already. */
  clone(path: string): Fd;
  /** move_mount, close: attaches a detached mount at a path. */
  attach(mount: Fd, at: string): void;
  /** umount2(at, 0), or lazily. */
  unmount(at: string, lazy?: boolean): void;
  /** A loop device over `file`, read-only, autoclear set: `fd` keeps it until the mount holds it. */
  loop(file: string, options: { readonly directIo: boolean }): { readonly device: CallText; readonly fd: Fd };
  open(path: string, flags: number, mode?: number): Fd;
  close(fd: Fd): void;
  /** Writes all of `bytes`, which must not change until the list was made. */
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

/** Once the list was made. */
export const textOf = (text: CallText): string =>
  typeof text === 'string'
    ? text
    : text.map((part) => (typeof part === 'string' ? part : String(part.value))).join('');
