// The calls of paths as libc makes them: newer architectures have only those with a folder's descriptor.
import type { Argument } from './listed-call.ts';
import { callNumber } from './syscall-names.ts';

const AT_FDCWD = -100;
const AT_REMOVEDIR = 0x200;
const hasPathCalls = process.arch !== 'arm64';

export interface PathCall {
  readonly number: number;
  readonly args: readonly Argument[];
}

const either = (
  plain: string,
  at: string,
  args: readonly Argument[],
  atArgs: readonly Argument[],
): PathCall =>
  hasPathCalls ? { number: callNumber(plain), args } : { number: callNumber(at), args: atArgs };

export const mkdirCall = (path: string, mode: number): PathCall =>
  either('mkdir', 'mkdirat', [path, mode], [AT_FDCWD, path, mode]);

export const rmdirCall = (path: string): PathCall =>
  either('rmdir', 'unlinkat', [path], [AT_FDCWD, path, AT_REMOVEDIR]);

export const unlinkCall = (path: string): PathCall =>
  either('unlink', 'unlinkat', [path], [AT_FDCWD, path, 0]);

export const renameCall = (from: string, to: string): PathCall =>
  either('rename', 'renameat', [from, to], [AT_FDCWD, from, AT_FDCWD, to]);
