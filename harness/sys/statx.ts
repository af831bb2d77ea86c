// statx(2): attributes of a path, and whether a mount is attached there.
//
// Source:  statx(2), STATX_ATTR_MOUNT_ROOT (Linux 5.8); include/uapi/linux/stat.h.
import { bindCall, NR } from './libc.ts';

const cStatx = bindCall<
  (nr: number, dirfd: number, path: string, flags: number, mask: number, into: Uint8Array) => number
>('int', 'str', 'int', 'uint', 'void *');

export const AT_FDCWD = -100;
/** AT_SYMLINK_NOFOLLOW and AT_NO_AUTOMOUNT. */
export const THIS_PATH = 0x100 | 0x800;

export const STATX_BYTES = 256;
export const STATX_MASK_AT = 0;
export const STATX_ATTRIBUTES_AT = 8;
export const STATX_ATTRIBUTES_MASK_AT = 56;
export const STATX_DEVICE_MINOR_AT = 140;
export const STATX_MOUNT_ID_AT = 144;
export const STATX_ATTR_MOUNT_ROOT = 0x2000;

const result = Buffer.alloc(STATX_BYTES);

/** The fields of a path, valid until the next call; null after a failure. */
export const statx = (path: string, flags: number, mask: number): Buffer | null =>
  cStatx(NR.statx, AT_FDCWD, path, flags, mask, result) < 0 ? null : result;

/** Whether a mount is attached at the path; null if the kernel does not report it. */
export const isMountRoot = (fields: Buffer): boolean | null =>
  (fields.readUInt32LE(STATX_ATTRIBUTES_MASK_AT) & STATX_ATTR_MOUNT_ROOT) === 0
    ? null
    : (fields.readUInt32LE(STATX_ATTRIBUTES_AT) & STATX_ATTR_MOUNT_ROOT) !== 0;
