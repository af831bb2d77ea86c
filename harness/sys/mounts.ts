// Mounting and unmounting by direct system calls, with what the kernel says when it refuses.
//
// Needs:   Linux 5.2; CAP_SYS_ADMIN in the mount namespace.
// Does:    fsopen, one fsconfig per option, fsconfig(CREATE), fsmount, close; move_mount, close; umount2.
// Error:   a refusal carries the context's own message log, which names the option at fault.
// Cost:    0.3 us per call beside the call itself.
// Leaves:  nothing: a detached mount goes with its descriptor, an attached one with the private mount namespace.
// Source:  fsopen(2), fsconfig(2), fsmount(2), move_mount(2), open_tree(2), mount_setattr(2), umount2(2); fs/fsopen.c limits a string to 255 bytes.

import { UserError } from '../model/errors.ts';
import type { MountAttribute, MountOption, Mounts } from '../model/machine.ts';
import { bind, bindCall, EINVAL, fail, lastErrno, NR } from './libc.ts';
import { attachLoop, loopFree, removeNewLoops } from './loop.ts';
import { readMounts, topmostAt } from './mountinfo.ts';
import { ownCalls } from './own-calls.ts';
import { mountAt } from './statmount.ts';
import { superblockAt, superblockFree } from './superblocks.ts';

const cFsopen = bindCall<(nr: number, type: string, flags: number) => number>('str', 'uint');
const cFsconfig = bindCall<
  (nr: number, fd: number, command: number, key: string | null, value: string | null, aux: number) => number
>('int', 'uint', 'str', 'str', 'int');
const cFsmount = bindCall<(nr: number, fd: number, flags: number, attributes: number) => number>(
  'int',
  'uint',
  'uint',
);
const cMoveMount = bindCall<
  (nr: number, fromFd: number, from: string, toFd: number, to: string, flags: number) => number
>('int', 'str', 'int', 'str', 'uint');
const cUmount = bind<(at: string, flags: number) => number>('umount2', 'str', 'int');
const cRead = bind<(fd: number, into: Uint8Array, size: number) => number>('read', 'int', 'void *', 'size_t');
const cClose = bind<(fd: number) => number>('close', 'int');

const FSOPEN_CLOEXEC = 1;
const FSMOUNT_CLOEXEC = 1;
const FSCONFIG_SET_FLAG = 0;
const FSCONFIG_SET_STRING = 1;
const FSCONFIG_SET_FD = 5;
const FSCONFIG_CMD_CREATE = 6;
const MOVE_MOUNT_F_EMPTY_PATH = 4;
const AT_FDCWD = -100;
const MNT_DETACH = 2;
const STRING_LIMIT_BYTES = 255;

const ATTRIBUTES: Readonly<Record<MountAttribute, number>> = { ro: 1, nosuid: 2, nodev: 4, noexec: 8 };

const cOpenTree = bindCall<(nr: number, dirfd: number, path: string, flags: number) => number>(
  'int',
  'str',
  'uint',
);
const cMountSetattr = bindCall<
  (nr: number, fd: number, path: string, flags: number, attributes: Uint8Array, size: number) => number
>('int', 'str', 'uint', 'void *', 'size_t');
const OPEN_TREE_CLONE = 1;
const OPEN_TREE_CLOEXEC = 0o2000000;
const AT_EMPTY_PATH = 0x1000;
/** struct mount_attr: what to set, what to clear, propagation, user namespace. */
const READ_ONLY = Buffer.alloc(32);
READ_ONLY.writeBigUInt64LE(BigInt(ATTRIBUTES.ro), 0);

const message = Buffer.alloc(4096);

/** What the file system said about this context: `e`, `w` or `i`, then a sentence. */
const messages = (context: number): string[] => {
  const said: string[] = [];
  for (;;) {
    ownCalls.read++;
    const length = cRead(context, message, message.length);
    if (length <= 0) return said;
    said.push(`kernel: ${message.toString('utf8', 0, length).trim()}`);
  }
};

const showOption = ([key, value]: MountOption): string =>
  value === undefined ? key : typeof value === 'number' ? `${key}=(descriptor ${value})` : `${key}=${value}`;

const hintFor = (errno: number, type: string): { hint: string } | Record<string, never> =>
  errno === 1
    ? { hint: `${type} cannot be mounted here: run as root, outside of a container` }
    : errno === 19
      ? { hint: `modprobe ${type}` }
      : {};

const refuse = (call: string, type: string, options: readonly MountOption[], context: number): never => {
  const errno = lastErrno();
  const said = context < 0 ? [] : messages(context);
  if (context >= 0) cClose(context);
  return fail(
    call,
    { facts: [`type: ${type}`, ...options.map(showOption), ...said], ...hintFor(errno, type) },
    errno,
  );
};

/** The kernel's own answer to a longer string is a bare EINVAL. */
const refuseLong = (type: string, option: MountOption, context: number): never => {
  cClose(context);
  throw new UserError(`mount option longer than ${STRING_LIMIT_BYTES} bytes`, {
    exit: 5,
    code: 'EINVAL',
    facts: [`type: ${type}`, showOption(option)],
    hint: 'use a shorter work folder (--work), or hand the layer over by descriptor',
  });
};

const setOption = (context: number, [key, value]: MountOption): number => {
  if (value === undefined) return cFsconfig(NR.fsconfig, context, FSCONFIG_SET_FLAG, key, null, 0);
  if (typeof value === 'number') return cFsconfig(NR.fsconfig, context, FSCONFIG_SET_FD, key, null, value);
  return cFsconfig(NR.fsconfig, context, FSCONFIG_SET_STRING, key, value, 0);
};

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
const REHEARSED: readonly MountOption[] = [
  ['size', '4k'],
  ['mode', '755'],
  ['nr_inodes', '2'],
];

const create: Mounts['create'] = (type, options, attributes) => {
  const context = cFsopen(NR.fsopen, type, FSOPEN_CLOEXEC);
  if (context < 0) refuse('fsopen', type, [], -1);
  for (const option of options)
    if (setOption(context, option) < 0) {
      const value = option[1];
      if (
        lastErrno() === EINVAL &&
        typeof value === 'string' &&
        Buffer.byteLength(value) > STRING_LIMIT_BYTES
      )
        refuseLong(type, option, context);
      refuse('fsconfig', type, [option], context);
    }
  if (cFsconfig(NR.fsconfig, context, FSCONFIG_CMD_CREATE, null, null, 0) < 0)
    refuse('fsconfig(create)', type, options, context);
  let bits = 0;
  for (const attribute of attributes) bits |= ATTRIBUTES[attribute];
  const mount = cFsmount(NR.fsmount, context, FSMOUNT_CLOEXEC, bits);
  if (mount < 0) refuse('fsmount', type, options, context);
  cClose(context);
  return mount;
};

const clone: Mounts['clone'] = (path) => {
  const mount = cOpenTree(NR.openTree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  if (mount < 0) fail('open_tree', { facts: [path] });
  if (cMountSetattr(NR.mountSetattr, mount, '', AT_EMPTY_PATH, READ_ONLY, READ_ONLY.length) === 0)
    return mount;
  const errno = lastErrno();
  cClose(mount);
  return fail('mount_setattr', { facts: [path] }, errno);
};

const attach: Mounts['attach'] = (mount, at) => {
  const result = cMoveMount(NR.moveMount, mount, '', AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH);
  const errno = result < 0 ? lastErrno() : 0;
  cClose(mount);
  if (result < 0) fail('move_mount', { facts: [at] }, errno);
};

const isMount: Mounts['isMount'] = (path) => {
  const result = cStatx(NR.statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, statx);
  if (result < 0) fail('statx', { facts: [path] });
  // Older kernels do not tell; mountinfo always does.
  if ((statx.readUInt32LE(STATX_MASK_AT) & STATX_ATTR_MOUNT_ROOT) === 0)
    return topmostAt(readMounts(), path) !== undefined;
  return (statx.readUInt32LE(STATX_ATTRIBUTES_AT) & STATX_ATTR_MOUNT_ROOT) !== 0;
};

/** A detached tmpfs that nobody sees; an unmount of nothing, since a real one would leave the kernel a grace period to wait for. */
const rehearse: Mounts['rehearse'] = (what) => {
  if (what === 'unmount') {
    cUmount('', 0);
    return;
  }
  try {
    cClose(create('tmpfs', REHEARSED, ['ro', 'nosuid', 'nodev']));
  } catch {
    // No tmpfs here: then the code stays cold.
  }
  cMoveMount(NR.moveMount, -1, '', AT_FDCWD, '', MOVE_MOUNT_F_EMPTY_PATH);
};

export const mounts: Omit<Mounts, 'abortFuse'> = {
  create,
  rehearse,
  clone,
  attach,
  unmount(at, lazy = false) {
    if (cUmount(at, lazy ? MNT_DETACH : 0) < 0) fail('umount2', { facts: [at], hint: `fuser -vm ${at}` });
  },
  loop: (file, { directIo }) => attachLoop(file, directIo),
  loopFree,
  removeNewLoops,
  superblockAt,
  superblockFree: (number) => superblockFree(number, create),
  isMount,
  typeAt(path) {
    const found = mountAt(path);
    return (found === undefined ? topmostAt(readMounts(), path) : found)?.type ?? null;
  },
};
