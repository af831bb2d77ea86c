// Builds call lists: prepared before a window, made in one go.
//
// Needs:   Linux 5.2 for mounts; CAP_SYS_ADMIN in the mount namespace.
// Does:    fsopen, one fsconfig per option, fsconfig(CREATE), fsmount, close; move_mount, close; umount2; open, write, close.
// Error:   a failed mount call throws with the messages of its context, which name the wrong option.
// Leaves:  nothing: the kernel removes a detached mount with its descriptor, an attached one with the private namespace.
// Source:  fsopen(2), fsconfig(2), fsmount(2), move_mount(2), open_tree(2), mount_setattr(2), umount2(2); fs/fsopen.c limits a
//          string to 255 bytes.
import {
  type CallList,
  type CallText,
  type Fd,
  isText,
  type MountAttribute,
  type MountOption,
  textOf,
} from '../model/calls.ts';
import { UserError } from '../model/errors.ts';
import { mkdirCall, type NumberedCall, renameCall, rmdirCall, unlinkCall } from './call-numbers.ts';
import { EINVAL, fail, NR } from './libc.ts';
import { AGAIN, ALWAYS, type Argument, type ListedCall, PRINT, Result, WHOLE } from './listed-call.ts';
import { listLoop } from './listed-loop.ts';
import { refuseLong, refuseMount } from './refusals.ts';
import { runList } from './run-list.ts';
import { callNumber } from './syscall-names.ts';

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
const MNT_DETACH = 2;
const O_CLOEXEC = 0o2000000;
const O_WRONLY_CREAT_EXCL = 0o301;
const FILE_MODE = 0o644;
const STRING_LIMIT_BYTES = 255;

const ATTRIBUTES: Readonly<Record<MountAttribute, number>> = { ro: 1, nosuid: 2, nodev: 4, noexec: 8 };

/** struct mount_attr: attributes to set, attributes to clear, propagation, user namespace. */
const READ_ONLY = Buffer.alloc(32);
READ_ONLY.writeBigUInt64LE(BigInt(ATTRIBUTES.ro), 0);

const OPENAT = callNumber('openat');
const CLOSE = callNumber('close');
const WRITE = callNumber('write');
const UMOUNT = callNumber('umount2');

/** Width of a descriptor inside a path, padded with slashes on the left: repeated slashes are one. */
const FD_DIGITS = 8;

const argumentOf = (fd: Fd): Argument => (fd instanceof Result ? fd : (fd as number));

export class Listed implements CallList {
  readonly calls: ListedCall[] = [];
  readonly results: Result[] = [];
  /** Called after the list was made, also after a failure. */
  readonly afterwards: (() => void)[] = [];

  add(call: ListedCall): Result {
    this.calls.push(call);
    const result = new Result(this.calls.length - 1);
    this.results.push(result);
    return result;
  }

  #path(call: string, { number, args }: NumberedCall, ...facts: string[]): void {
    this.add({ number, args, refuse: (errno) => fail(call, { facts }, errno) });
  }

  /** The address of the text. Adds steps that write the results of earlier calls into it. */
  text(text: CallText): Argument {
    if (typeof text === 'string') return text;
    const parts = text.map((part, i) => {
      if (typeof part === 'string') return { bytes: Buffer.from(part), of: null };
      const last = i === text.length - 1;
      // A number at the end is written with a NUL.
      return {
        bytes: Buffer.alloc(last ? FD_DIGITS + 4 : FD_DIGITS),
        of: part as Result,
        width: last ? 0 : FD_DIGITS,
      };
    });
    const bytes = Buffer.concat([...parts.map((part) => part.bytes), Buffer.alloc(1)]);
    let at = 0;
    for (const { bytes: own, of, width } of parts) {
      if (of !== null)
        this.add({
          number: PRINT,
          args: [of, { bytes, at }, width],
          refuse: () => fail('print', {}, EINVAL),
        });
      at += own.length;
    }
    return bytes;
  }

  open(path: string, flags: number, mode = FILE_MODE): Fd {
    return this.openText(path, flags, mode);
  }

  openText(path: CallText, flags: number, mode = FILE_MODE): Result {
    return this.add({
      number: OPENAT,
      args: [AT_FDCWD, this.text(path), flags | O_CLOEXEC, mode],
      flags: AGAIN,
      opens: true,
      refuse: (errno) => fail('open', { facts: [textOf(path)] }, errno),
    });
  }

  close(fd: Fd, flags = 0): void {
    this.add({
      number: CLOSE,
      args: [argumentOf(fd)],
      flags,
      ...(fd instanceof Result ? { closes: fd } : {}),
      refuse: (errno) => fail('close', {}, errno),
    });
  }

  write(fd: Fd, bytes: Uint8Array): void {
    this.add({
      number: WRITE,
      args: [argumentOf(fd), bytes, bytes.length],
      flags: WHOLE,
      refuse: (errno) => fail('write', { facts: [`bytes: ${bytes.length}`] }, errno),
    });
  }

  writeNew(path: string, bytes: Uint8Array): void {
    const fd = this.open(path, O_WRONLY_CREAT_EXCL);
    this.write(fd, bytes);
    this.close(fd);
  }

  mkdir(path: string, mode: number): void {
    this.#path('mkdir', mkdirCall(path, mode), path);
  }

  rmdir(path: string): void {
    this.#path('rmdir', rmdirCall(path), path);
  }

  unlink(path: string): void {
    this.#path('unlink', unlinkCall(path), path);
  }

  rename(from: string, to: string): void {
    this.#path('rename', renameCall(from, to), from, to);
  }

  create(type: string, options: readonly MountOption[], attributes: readonly MountAttribute[]): Fd {
    const context = this.add({
      number: NR.fsopen,
      args: [type, FSOPEN_CLOEXEC],
      opens: true,
      refuse: (errno) => refuseMount('fsopen', { type, options: [], context: null, errno }),
    });
    for (const option of options) this.#option(context, type, option);
    this.add({
      number: NR.fsconfig,
      args: [context, FSCONFIG_CMD_CREATE, 0, 0, 0],
      refuse: (errno) => refuseMount('fsconfig(create)', { type, options, context, errno }),
    });
    let bits = 0;
    for (const attribute of attributes) bits |= ATTRIBUTES[attribute];
    const mount = this.add({
      number: NR.fsmount,
      args: [context, FSMOUNT_CLOEXEC, bits],
      opens: true,
      refuse: (errno) => refuseMount('fsmount', { type, options, context, errno }),
    });
    this.close(context);
    return mount;
  }

  #option(context: Result, type: string, option: MountOption): void {
    const [key, value] = option;
    const refuse = (errno: number): void => {
      if (errno === EINVAL && typeof value === 'string' && Buffer.byteLength(value) > STRING_LIMIT_BYTES)
        refuseLong(type, option, STRING_LIMIT_BYTES);
      refuseMount('fsconfig', { type, options: [option], context, errno });
    };
    const args: readonly Argument[] =
      value === undefined
        ? [context, FSCONFIG_SET_FLAG, key, 0, 0]
        : isText(value)
          ? [context, FSCONFIG_SET_STRING, key, this.text(value), 0]
          : [context, FSCONFIG_SET_FD, key, 0, argumentOf(value)];
    this.add({ number: NR.fsconfig, args, refuse });
  }

  clone(path: string): Fd {
    const mount = this.add({
      number: NR.openTree,
      args: [AT_FDCWD, path, OPEN_TREE_CLONE | O_CLOEXEC],
      opens: true,
      refuse: (errno) => fail('open_tree', { facts: [path] }, errno),
    });
    this.add({
      number: NR.mountSetattr,
      args: [mount, '', AT_EMPTY_PATH, READ_ONLY, READ_ONLY.length],
      refuse: (errno) => fail('mount_setattr', { facts: [path] }, errno),
    });
    return mount;
  }

  attach(mount: Fd, at: string): void {
    this.add({
      number: NR.moveMount,
      args: [argumentOf(mount), '', AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH],
      refuse: (errno) => fail('move_mount', { facts: [at] }, errno),
    });
    // A descriptor from outside the list is closed also if the list failed.
    this.close(mount, mount instanceof Result ? 0 : ALWAYS);
  }

  unmount(at: string, lazy = false): void {
    this.add({
      number: UMOUNT,
      args: [at, lazy ? MNT_DETACH : 0],
      refuse: (errno) => fail('umount2', { facts: [at], hint: `fuser -vm ${at}` }, errno),
    });
  }

  loop(file: string, { directIo }: { readonly directIo: boolean }): { device: CallText; fd: Fd } {
    return listLoop(this, file, directIo);
  }
}

const ATTEMPTS = 64;

/** Calls `build` again if another process took the loop device of the list. */
export const makeCalls = <T>(build: (list: CallList) => T): T => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const list = new Listed();
    const built = build(list);
    if (list.calls.length === 0) return built;
    try {
      if (runList(list.calls, list.results)) return built;
    } finally {
      for (const callback of list.afterwards) callback();
    }
  }
  throw new UserError('got no loop device', {
    exit: 4,
    code: 'EBUSY',
    facts: [`attempts: ${ATTEMPTS}; each time another process took the free device`],
    hint: 'losetup --list',
  });
};
