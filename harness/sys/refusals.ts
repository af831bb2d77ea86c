// What a refused mount means to a person: the options, and the file system's own words.
//
// Reads:   the message log of a file system context, after the window.
// Source:  Documentation/filesystems/mount_api.rst.
import { fdOf, isText, type MountOption, textOf } from '../model/calls.ts';
import { UserError } from '../model/errors.ts';
import { bind, fail } from './libc.ts';
import type { Result } from './listed-call.ts';
import { ownCalls } from './own-calls.ts';

const cRead = bind<(fd: number, into: Uint8Array, size: number) => number>('read', 'int', 'void *', 'size_t');
const message = Buffer.alloc(4096);
const EPERM = 1;
const ENODEV = 19;

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
  value === undefined
    ? key
    : isText(value)
      ? `${key}=${textOf(value)}`
      : `${key}=(descriptor ${fdOf(value)})`;

const hintFor = (errno: number, type: string): { hint: string } | Record<string, never> =>
  errno === EPERM
    ? { hint: `${type} cannot be mounted here: run as root, outside of a container` }
    : errno === ENODEV
      ? { hint: `modprobe ${type}` }
      : {};

export interface Refused {
  readonly type: string;
  readonly options: readonly MountOption[];
  readonly context: Result | null;
  readonly errno: number;
}

export const refuseMount = (call: string, { type, options, context, errno }: Refused): never => {
  const said = context === null ? [] : messages(context.value);
  return fail(
    call,
    { facts: [`type: ${type}`, ...options.map(showOption), ...said], ...hintFor(errno, type) },
    errno,
  );
};

/** The kernel's own answer to a longer string is a bare EINVAL. */
export const refuseLong = (type: string, option: MountOption, limitBytes: number): never => {
  throw new UserError(`mount option longer than ${limitBytes} bytes`, {
    exit: 5,
    code: 'EINVAL',
    facts: [`type: ${type}`, showOption(option)],
    hint: 'use a shorter work folder (--work), or hand the layer over by descriptor',
  });
};
