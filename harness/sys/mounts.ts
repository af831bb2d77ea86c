// Single mount operations.
//
// Needs:   Linux 5.2; CAP_SYS_ADMIN in the mount namespace.
// Does:    one call list for each operation.
// Leaves:  nothing: the kernel removes a detached mount with its descriptor, an attached one with the private namespace.
// Source:  statx(2), statmount(2).

import { fdOf, textOf } from '../model/calls.ts';
import type { Mounts } from '../model/machine.ts';
import { makeCalls } from './call-list.ts';
import { bindCall, fail, NR } from './libc.ts';
import { removeNewLoops } from './loop-device.ts';
import { readMounts, topmostAt } from './mountinfo.ts';
import type { WaitLimits } from './run-list.ts';
import { settled } from './settled.ts';
import { mountAt } from './statmount.ts';
import { superblockAt, superblockFree } from './superblocks.ts';

const ONCE: WaitLimits = { pauseNs: 0, limitMs: 0, poll: (condition) => condition() };

const AT_FDCWD = -100;

const cStatx = bindCall<
  (nr: number, dirfd: number, path: string, flags: number, mask: number, into: Uint8Array) => number
>('int', 'str', 'int', 'uint', 'void *');
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_NO_AUTOMOUNT = 0x800;
/** struct statx: stx_attributes and stx_attributes_mask. */
const STATX_ATTRIBUTES_AT = 8;
const STATX_MASK_AT = 56;
const STATX_ATTR_MOUNT_ROOT = 0x2000;
const statx = Buffer.alloc(256);
const isMount: Mounts['isMount'] = (path) => {
  const result = cStatx(NR.statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, statx);
  if (result < 0) fail('statx', { facts: [path] });
  // Older kernels do not report mount roots; mountinfo lists them.
  if ((statx.readUInt32LE(STATX_MASK_AT) & STATX_ATTR_MOUNT_ROOT) === 0)
    return topmostAt(readMounts(), path) !== undefined;
  return (statx.readUInt32LE(STATX_ATTRIBUTES_AT) & STATX_ATTR_MOUNT_ROOT) !== 0;
};

const create: Mounts['create'] = (type, options, attributes) =>
  fdOf(makeCalls((list) => list.create(type, options, attributes)));

export const mounts: Omit<Mounts, 'abortFuse'> = {
  create,
  clone: (path) => fdOf(makeCalls((list) => list.clone(path))),
  attach: (mount, at) => makeCalls((list) => list.attach(mount, at)),
  unmount: (at, lazy) => makeCalls((list) => list.unmount(at, lazy)),
  loop(file, options) {
    const { device, fd } = makeCalls((list) => list.loop(file, options));
    return { device: textOf(device), fd: fdOf(fd) };
  },
  loopFree: (device) => settled({ loop: device }, ONCE),
  removeNewLoops,
  superblockAt,
  superblockFree: (number) => superblockFree(number, create),
  isMount,
  typeAt(path) {
    const found = mountAt(path);
    return (found === undefined ? topmostAt(readMounts(), path) : found)?.type ?? null;
  },
};
