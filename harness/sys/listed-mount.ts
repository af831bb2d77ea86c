// The calls of a call list that make and attach mounts.
//
// Needs:   Linux 5.2; CAP_SYS_ADMIN in the mount namespace.
// Does:    fsopen, one fsconfig per option, fsconfig(CREATE), fsmount, close; open_tree, mount_setattr; move_mount, close.
// Error:   a failed mount call throws with the messages of its context, which name the wrong option.
// Leaves:  nothing: the kernel removes a detached mount with its descriptor, an attached one with the private namespace.
// Source:  fsopen(2), fsconfig(2), fsmount(2), move_mount(2), open_tree(2), mount_setattr(2); fs/fsopen.c limits a string to 255
//          bytes.
import { type Fd, isText, type MountAttribute, type MountOption } from '../model/calls.ts';
import type { CallListBuilder } from './call-list.ts';
import { EINVAL, fail, NR } from './libc.ts';
import { ALWAYS, type Argument, argumentOf, Result } from './listed-call.ts';
import { throwLongOption, throwMountError } from './mount-errors.ts';

const FSOPEN_CLOEXEC = 1;
const FSMOUNT_CLOEXEC = 1;
const FSCONFIG_SET_FLAG = 0;
const FSCONFIG_SET_STRING = 1;
const FSCONFIG_SET_FD = 5;
const FSCONFIG_CMD_CREATE = 6;
const MOVE_MOUNT_F_EMPTY_PATH = 4;
const OPEN_TREE_CLONE = 1;
const AT_EMPTY_PATH = 0x1000;
const AT_FDCWD = -100;
const O_CLOEXEC = 0o2000000;
const STRING_LIMIT_BYTES = 255;

const ATTRIBUTES: Readonly<Record<MountAttribute, number>> = { ro: 1, nosuid: 2, nodev: 4, noexec: 8 };

/** struct mount_attr: attributes to set, attributes to clear, propagation, user namespace. */
const READ_ONLY = Buffer.alloc(32);
READ_ONLY.writeBigUInt64LE(BigInt(ATTRIBUTES.ro), 0);

const listOption = (list: CallListBuilder, context: Result, type: string, option: MountOption): void => {
  const [key, value] = option;
  const onFailure = (errno: number): void => {
    if (errno === EINVAL && typeof value === 'string' && Buffer.byteLength(value) > STRING_LIMIT_BYTES)
      throwLongOption(type, option, STRING_LIMIT_BYTES);
    throwMountError('fsconfig', { type, options: [option], context, errno });
  };
  const args: readonly Argument[] =
    value === undefined
      ? [context, FSCONFIG_SET_FLAG, key, 0, 0]
      : isText(value)
        ? [context, FSCONFIG_SET_STRING, key, list.text(value), 0]
        : [context, FSCONFIG_SET_FD, key, 0, argumentOf(value)];
  list.add({ number: NR.fsconfig, args, onFailure });
};

interface NewMount {
  readonly type: string;
  readonly options: readonly MountOption[];
  readonly attributes: readonly MountAttribute[];
}

export const listCreate = (list: CallListBuilder, { type, options, attributes }: NewMount): Fd => {
  const context = list.add({
    number: NR.fsopen,
    args: [type, FSOPEN_CLOEXEC],
    opens: true,
    onFailure: (errno) => throwMountError('fsopen', { type, options: [], context: null, errno }),
  });
  for (const option of options) listOption(list, context, type, option);
  list.add({
    number: NR.fsconfig,
    args: [context, FSCONFIG_CMD_CREATE, 0, 0, 0],
    onFailure: (errno) => throwMountError('fsconfig(create)', { type, options, context, errno }),
  });
  let bits = 0;
  for (const attribute of attributes) bits |= ATTRIBUTES[attribute];
  const mount = list.add({
    number: NR.fsmount,
    args: [context, FSMOUNT_CLOEXEC, bits],
    opens: true,
    onFailure: (errno) => throwMountError('fsmount', { type, options, context, errno }),
  });
  list.close(context);
  return mount;
};

export const listClone = (list: CallListBuilder, path: string): Fd => {
  const mount = list.add({
    number: NR.openTree,
    args: [AT_FDCWD, path, OPEN_TREE_CLONE | O_CLOEXEC],
    opens: true,
    onFailure: (errno) => fail('open_tree', { facts: [path] }, errno),
  });
  list.add({
    number: NR.mountSetattr,
    args: [mount, '', AT_EMPTY_PATH, READ_ONLY, READ_ONLY.length],
    onFailure: (errno) => fail('mount_setattr', { facts: [path] }, errno),
  });
  return mount;
};

export const listAttach = (list: CallListBuilder, mount: Fd, at: string): void => {
  list.add({
    number: NR.moveMount,
    args: [argumentOf(mount), '', AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH],
    onFailure: (errno) => fail('move_mount', { facts: [at] }, errno),
  });
  // A descriptor from outside the list is closed also if the list failed.
  list.close(mount, mount instanceof Result ? 0 : ALWAYS);
};
