// Runs a command to its end, as a runtime would: one spawn, one execve, nothing read but its errors.
//
// Needs:   Linux 5.3 (pidfd).
// Does:    posix_spawn with an absolute path; standard input and output are /dev/null (or a file), errors go to a file in memory.
//          The calling thread sleeps until the command has ended, or goes on with other work where it is told to.
// Error:   a few microseconds between the command's end and the return; milliseconds where other work goes on.
// Cost:    the process is not copied: after a fork each page that this process writes would have to be copied again, inside
//          whatever is timed next.
// Leaves:  nothing: past its time limit a command is killed.
// Source:  posix_spawn(3), memfd_create(2), pidfd_open(2).
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../model/errors.ts';
import type { CommandOptions } from '../model/machine.ts';
import { nowNs } from './clock.ts';
import { bind, check } from './libc.ts';
import { openPidfd, reap, signalProcess, waitReadable } from './processes.ts';
import { spawnProcess } from './spawn.ts';

const cMemfd = bind<(name: string, flags: number) => number>('memfd_create', 'str', 'uint');
const cFcntl = bind<(fd: number, command: number, argument: number) => number>('fcntl', 'int', 'int', 'int');

const MFD_CLOEXEC = 1;
const F_SETFL = 4;
const O_APPEND = 0o2000;
const SIGKILL = 9;
const LAST_WORDS_BYTES = 2048;
const DEFAULT_LIMIT_MS = 600_000;
const LOOK_EVERY_MS = 2;

export interface RunOptions extends CommandOptions {
  readonly onSpawn?: (pid: number) => void;
  readonly onExit?: (pid: number) => void;
  /** Other work of this process goes on meanwhile. One such command at a time. */
  readonly yields?: boolean;
}

interface Streams {
  readonly nothing: number;
  /** Emptied after each command. */
  readonly errors: number;
}

let opened: Streams | null = null;

/** Opened once, and before anything is counted: a command costs no calls beside its own start. */
export const streams = (): Streams => {
  if (opened !== null) return opened;
  const errors = check(cMemfd('cfsbench-errors', MFD_CLOEXEC), 'memfd_create');
  check(cFcntl(errors, F_SETFL, O_APPEND), 'fcntl');
  opened = { nothing: openSync('/dev/null', 'r+'), errors };
  return opened;
};

const lastWords = (fd: number): string[] => {
  const { size } = fstatSync(fd);
  const tail = Buffer.alloc(Math.min(size, LAST_WORDS_BYTES));
  readSync(fd, tail, 0, tail.length, size - tail.length);
  return tail
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
};

interface Ending {
  readonly how: string;
  readonly timedOut: boolean;
}

/** Returns when the command has ended, or its time is over, while other work goes on: what is left of its time. */
const endsMeanwhile = async (pid: number, limitMs: number): Promise<number> => {
  const untilNs = nowNs() + limitMs * 1e6;
  const leftMs = (): number => Math.max(0, Math.ceil((untilNs - nowNs()) / 1e6));
  const pidfd = openPidfd(pid);
  try {
    while (leftMs() > 0 && !waitReadable(pidfd, 0)) await wait(LOOK_EVERY_MS);
  } finally {
    closeSync(pidfd);
  }
  return leftMs();
};

/** `restMs`: until it is killed; what was killed has the whole limit to end. */
const awaitEnd = (pid: number, restMs: number, limitMs: number): Ending => {
  const pidfd = openPidfd(pid);
  try {
    const timedOut = !waitReadable(pidfd, restMs);
    if (timedOut) {
      signalProcess(pid, SIGKILL);
      waitReadable(pidfd, limitMs);
    }
    return { how: reap(pid)?.how ?? 'still running', timedOut };
  } finally {
    closeSync(pidfd);
  }
};

const failed = (
  argv: readonly string[],
  { how, timedOut }: Ending,
  limitMs: number,
  said: string[],
): UserError =>
  new UserError(`${argv[0]}: ${timedOut ? 'took too long' : 'failed'}`, {
    exit: 5,
    code: timedOut ? 'timeout' : 'command-failed',
    facts: [`command: ${argv.join(' ')}`, timedOut ? `killed after ${limitMs} ms` : how, ...said],
  });

export const runCommand = async (argv: readonly string[], options: RunOptions = {}): Promise<void> => {
  const { nothing, errors } = streams();
  const limitMs = options.timeoutMs ?? DEFAULT_LIMIT_MS;
  const output = options.stdout === undefined ? null : openSync(options.stdout, 'w');
  try {
    const pid = spawnProcess(argv, { stdin: nothing, stdout: output ?? nothing, stderr: errors });
    options.onSpawn?.(pid);
    const restMs = options.yields === true ? await endsMeanwhile(pid, limitMs) : limitMs;
    const ending = awaitEnd(pid, restMs, limitMs);
    const said = ending.how === 'exit 0' ? [] : lastWords(errors);
    ftruncateSync(errors, 0);
    options.onExit?.(pid);
    if (ending.how !== 'exit 0') throw failed(argv, ending, limitMs, said);
  } finally {
    if (output !== null) closeSync(output);
  }
};
