// Builds call lists: prepared before a window, made in one go.
//
// Does:    the system calls of each method, with steps between them that pass results on.
// Error:   a failed list closes its descriptors and throws the error of the failed call.
import {
  type CallList,
  type CallText,
  type Fd,
  type MountAttribute,
  type MountOption,
  textOf,
} from '../model/calls.ts';
import { UserError } from '../model/errors.ts';
import { mkdirCall, type NumberedCall, renameCall, rmdirCall, unlinkCall } from './call-numbers.ts';
import { EINVAL, fail } from './libc.ts';
import { AGAIN, type Argument, argumentOf, type ListedCall, PRINT, Result, WHOLE } from './listed-call.ts';
import { listLoop } from './listed-loop.ts';
import { listAttach, listClone, listCreate } from './listed-mount.ts';
import { runList } from './run-list.ts';
import { callNumber } from './syscall-names.ts';
import { listEnableVerity, listExpectVerity } from './verity.ts';

const AT_FDCWD = -100;
const MNT_DETACH = 2;
const O_CLOEXEC = 0o2000000;
const O_WRONLY_CREAT_EXCL = 0o301;
const FILE_MODE = 0o644;

const OPENAT = callNumber('openat');
const CLOSE = callNumber('close');
const WRITE = callNumber('write');
const UMOUNT = callNumber('umount2');

/** Width of a descriptor inside a path, padded with slashes on the left: repeated slashes are one. */
const FD_DIGITS = 8;

export class CallListBuilder implements CallList {
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
    this.add({ number, args, onFailure: (errno) => fail(call, { facts }, errno) });
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
          onFailure: () => fail('print', {}, EINVAL),
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
      onFailure: (errno) => fail('open', { facts: [textOf(path)] }, errno),
    });
  }

  close(fd: Fd, flags = 0): void {
    this.add({
      number: CLOSE,
      args: [argumentOf(fd)],
      flags,
      ...(fd instanceof Result ? { closes: fd } : {}),
      onFailure: (errno) => fail('close', {}, errno),
    });
  }

  write(fd: Fd, bytes: Uint8Array): void {
    this.#write(fd, bytes);
  }

  #write(fd: Fd, bytes: Uint8Array, ...path: string[]): void {
    this.add({
      number: WRITE,
      args: [argumentOf(fd), bytes, bytes.length],
      flags: WHOLE,
      onFailure: (errno) => fail('write', { facts: [...path, `bytes: ${bytes.length}`] }, errno),
    });
  }

  writeNew(path: string, bytes: Uint8Array): void {
    const fd = this.open(path, O_WRONLY_CREAT_EXCL);
    this.#write(fd, bytes, path);
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
    return listCreate(this, { type, options, attributes });
  }

  clone(path: string): Fd {
    return listClone(this, path);
  }

  attach(mount: Fd, at: string): void {
    listAttach(this, mount, at);
  }

  unmount(at: string, lazy = false): void {
    this.add({
      number: UMOUNT,
      args: [at, lazy ? MNT_DETACH : 0],
      onFailure: (errno) => fail('umount2', { facts: [at], hint: `fuser -vm ${at}` }, errno),
    });
  }

  loop(
    file: string,
    { directIo, from = file }: { readonly directIo: boolean; readonly from?: CallText },
  ): { device: CallText; fd: Fd } {
    return listLoop(this, { file, from, directIo });
  }

  enableVerity(fd: Fd, path: string): void {
    listEnableVerity(this, fd, path);
  }

  expectVerity(fd: Fd, path: string, digest: string): void {
    listExpectVerity(this, fd, path, digest);
  }
}

const ATTEMPTS = 64;

/** Calls `build` again if another process took the loop device of the list. */
export const makeCalls = <T>(build: (list: CallList) => T): T => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const list = new CallListBuilder();
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
