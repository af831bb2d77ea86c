// System calls with a path, as libc makes them: arm64 has only the variants with a directory descriptor.
import type { Argument } from './listed-call.ts';
import { callNumber } from './syscall-names.ts';

const AT_FDCWD = -100;
const AT_REMOVEDIR = 0x200;
const hasNumberedCalls = process.arch !== 'arm64';

export interface NumberedCall {
  readonly number: number;
  readonly args: readonly Argument[];
}

const either = (
  plain: string,
  at: string,
  args: readonly Argument[],
  atArgs: readonly Argument[],
): NumberedCall =>
  hasNumberedCalls ? { number: callNumber(plain), args } : { number: callNumber(at), args: atArgs };

export const mkdirCall = (path: string, mode: number): NumberedCall =>
  either('mkdir', 'mkdirat', [path, mode], [AT_FDCWD, path, mode]);

export const rmdirCall = (path: string): NumberedCall =>
  either('rmdir', 'unlinkat', [path], [AT_FDCWD, path, AT_REMOVEDIR]);

export const unlinkCall = (path: string): NumberedCall =>
  either('unlink', 'unlinkat', [path], [AT_FDCWD, path, 0]);

export const renameCall = (from: string, to: string): NumberedCall =>
  either('rename', 'renameat', [from, to], [AT_FDCWD, from, AT_FDCWD, to]);
