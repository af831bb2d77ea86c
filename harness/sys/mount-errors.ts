// Error messages of failed mount calls, with the options and the kernel's messages.
//
// Reads:   the message log of the file system context, after the window.
// Source:  Documentation/filesystems/mount_api.rst.
import { fdOf, isText, type MountOption, textOf } from '../model/calls.ts';
import { UserError } from '../model/errors.ts';
import { bind, ENODEV, EPERM, fail } from './libc.ts';
import type { Result } from './listed-call.ts';
import { ownCalls } from './own-calls.ts';

const cRead = bind<(fd: number, into: Uint8Array, size: number) => number>('read', 'int', 'void *', 'size_t');
const message = Buffer.alloc(4096);

/** Messages of the context: each begins with `e`, `w` or `i`. */
const messages = (context: number): string[] => {
  const lines: string[] = [];
  for (;;) {
    ownCalls.read++;
    const length = cRead(context, message, message.length);
    if (length <= 0) return lines;
    lines.push(`kernel: ${message.toString('utf8', 0, length).trim()}`);
  }
};

const showOption = ([key, value]: MountOption): string =>
  value === undefined
    ? key
    : isText(value)
      ? `${key}=${textOf(value)}`
      : `${key}=(descriptor ${fdOf(value)})`;

const hintPart = (errno: number, type: string): { hint: string } | Record<string, never> =>
  errno === EPERM
    ? { hint: `${type} cannot be mounted in this namespace: run as root, outside containers` }
    : errno === ENODEV
      ? { hint: `modprobe ${type}` }
      : {};

interface FailedMount {
  readonly type: string;
  readonly options: readonly MountOption[];
  readonly context: Result | null;
  readonly errno: number;
}

export const throwMountError = (call: string, { type, options, context, errno }: FailedMount): never => {
  const kernel = context === null ? [] : messages(context.value);
  return fail(
    call,
    { facts: [`type: ${type}`, ...options.map(showOption), ...kernel], ...hintPart(errno, type) },
    errno,
  );
};

/** For a string that is too long the kernel gives only EINVAL. */
export const throwLongOption = (type: string, option: MountOption, limitBytes: number): never => {
  throw new UserError(`mount option is longer than ${limitBytes} bytes`, {
    exit: 5,
    code: 'EINVAL',
    facts: [`type: ${type}`, showOption(option)],
    hint: 'use a work folder with a shorter path: --work DIR',
  });
};
