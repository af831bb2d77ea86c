// The mount at one path, by statmount(2). Reading the list of all mounts for each of many mounts would take quadratic time.
//
// Needs:   Linux 6.8 (statmount, unique mount ids); 6.13 for types with a subtype, such as `fuse.NAME`.
// Reads:   statx(2) of the path without a request to a server; statmount(2) of the mount id.
// Error:   undefined if the kernel, a sandbox or the file system does not support it: then read the list of mounts.
// Cost:    a few microseconds, independent of the number of mounts.
// Source:  statx(2), statmount(2), include/uapi/linux/mount.h.
import { bindCall, NR } from './libc.ts';
import {
  isMountRoot,
  STATX_DEVICE_MINOR_AT,
  STATX_MASK_AT,
  STATX_MOUNT_ID_AT,
  statx,
  THIS_PATH,
} from './statx.ts';

const cStatmount = bindCall<
  (nr: number, request: Uint8Array, into: Uint8Array, size: number, flags: number) => number
>('void *', 'void *', 'size_t', 'uint');

/** Use cached attributes: a FUSE server would count a request. */
const AT_STATX_DONT_SYNC = 0x4000;
const STATX_MNT_ID_UNIQUE = 0x4000;

// struct mnt_id_req { u32 size, spare; u64 mnt_id, param }
const REQUEST_BYTES = 24;
// struct statmount: offsets of strings count from its end.
const STRINGS_AT = 512;
const MASK_OUT_AT = 8;
const TYPE_AT = 36;
const SUBTYPE_AT = 120;
const REPLY_BYTES = 4096;
const STATMOUNT_FS_TYPE = 0x20n;
const STATMOUNT_FS_SUBTYPE = 0x100n;

const request = Buffer.alloc(REQUEST_BYTES);
request.writeUInt32LE(REQUEST_BYTES, 0);
request.writeBigUInt64LE(STATMOUNT_FS_TYPE | STATMOUNT_FS_SUBTYPE, 16);
const reply = Buffer.alloc(REPLY_BYTES);

const text = (at: number): string => {
  const from = STRINGS_AT + reply.readUInt32LE(at);
  return reply.toString('utf8', from, reply.indexOf(0, from));
};

interface MountAt {
  readonly type: string;
  /** Minor device number of the file system. For a FUSE mount it is the number of the connection. */
  readonly deviceMinor: number;
}

/** Null: no mount is attached at exactly this path. Undefined: not supported. */
export const mountAt = (path: string): MountAt | null | undefined => {
  const fields = statx(path, THIS_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID_UNIQUE);
  const isRoot = fields === null ? null : isMountRoot(fields);
  if (fields === null || isRoot === null) return undefined;
  if (!isRoot) return null;
  if ((fields.readUInt32LE(STATX_MASK_AT) & STATX_MNT_ID_UNIQUE) === 0) return undefined;
  fields.copy(request, 8, STATX_MOUNT_ID_AT, STATX_MOUNT_ID_AT + 8);
  if (cStatmount(NR.statmount, request, reply, reply.length, 0) < 0) return undefined;
  const filled = reply.readBigUInt64LE(MASK_OUT_AT);
  if ((filled & STATMOUNT_FS_TYPE) === 0n) return undefined;
  const type = text(TYPE_AT);
  const deviceMinor = fields.readUInt32LE(STATX_DEVICE_MINOR_AT);
  if ((filled & STATMOUNT_FS_SUBTYPE) !== 0n) return { type: `${type}.${text(SUBTYPE_AT)}`, deviceMinor };
  // Older kernels do not report the subtype.
  return type === 'fuse' || type === 'fuseblk' ? undefined : { type, deviceMinor };
};
