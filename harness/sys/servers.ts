// A server behind a mount: started, waited for until it says that it is ready, waited for until it has ended.
//
// Needs:   Linux 5.3 (pidfd).
// Does:    pipe, posix_spawn, poll; this thread does nothing else until the server is ready, as a runtime would.
// Error:   a server that ends or stays silent throws with its last words.
// Leaves:  its log in the scratch folder; the process itself until `exited` or `stop` reaped it.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UserError } from '../model/errors.ts';
import type { CpuUsage, Server } from '../model/machine.ts';
import { files, O_CREAT, O_RDONLY, O_WRONLY } from './files.ts';
import { bind, check } from './libc.ts';
import { ownCalls } from './own-calls.ts';
import { type Ended, openPidfd, reap, signalProcess, waitReadable } from './processes.ts';
import { spawnProcess } from './spawn.ts';

const cPipe = bind<(into: Uint8Array, flags: number) => number>('pipe2', 'void *', 'int');
const cRead = bind<(fd: number, into: Uint8Array, size: number) => number>('read', 'int', 'void *', 'size_t');

const O_CLOEXEC = 0o2000000;
const O_APPEND = 0o2000;
const READY_FD = 3;
const LAST_WORDS_BYTES = 2048;
const SIGTERM = 15;
const SIGKILL = 9;
const LOG_MODE = 0o600;
const REAP_LIMIT_MS = 2000;

export interface RunningServer extends Server {
  /** What the process used, once it has been reaped; null before. */
  readonly cpu: CpuUsage | null;
  /** Null while it lives. */
  readonly how: string | null;
}

export const lastWords = (path: string): string[] => {
  const fd = openSync(path, 'r');
  try {
    const size = fstatSync(fd).size;
    const bytes = Buffer.alloc(Math.min(size, LAST_WORDS_BYTES));
    readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    return bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
  } finally {
    closeSync(fd);
  }
};

const track = (pid: number): RunningServer => {
  const pidfd = openPidfd(pid);
  let ended: Ended | null = null;
  const exited = (limitMs: number): boolean => {
    if (ended !== null) return true;
    if (!waitReadable(pidfd, limitMs)) return false;
    ended = reap(pid);
    if (ended === null) return false;
    files.close(pidfd);
    return true;
  };
  return {
    pid,
    exited,
    stop(limitMs) {
      if (exited(0)) return;
      signalProcess(pid, SIGTERM);
      if (exited(limitMs)) return;
      signalProcess(pid, SIGKILL);
      if (!exited(REAP_LIMIT_MS))
        throw new UserError('a server cannot be ended', { exit: 5, code: 'leak', facts: [`pid: ${pid}`] });
    },
    get cpu() {
      return ended?.cpu ?? null;
    },
    get how() {
      return ended?.how ?? null;
    },
  };
};

const pair = Buffer.alloc(8);
const byte = Buffer.alloc(1);

export interface ServerStart {
  /** `{ready}` in an argument becomes the number of the descriptor that the server writes one byte to. */
  readonly argv: readonly string[];
  readonly log: string;
  readonly limitMs: number;
  readonly onSpawn?: (pid: number) => void;
  /** For servers that know no `{ready}`: returns when they are, when `ended` holds, or after the limit; true when ready. */
  readonly awaitReady?: (ended: () => boolean) => boolean;
}

export const startServer = ({ argv, log, limitMs, onSpawn, awaitReady }: ServerStart): RunningServer => {
  check(cPipe(pair, O_CLOEXEC), 'pipe2');
  const [readEnd, writeEnd] = [pair.readInt32LE(0), pair.readInt32LE(4)];
  const stdin = files.open('/dev/null', O_RDONLY);
  const output = files.open(log, O_WRONLY | O_CREAT | O_APPEND, LOG_MODE);
  try {
    let pid: number;
    try {
      const filled = argv.map((argument) => argument.replaceAll('{ready}', String(READY_FD)));
      pid = spawnProcess(filled, {
        stdin,
        stdout: output,
        stderr: output,
        extra: { from: writeEnd, to: READY_FD },
      });
    } finally {
      files.close(writeEnd);
    }
    const server = track(pid);
    onSpawn?.(pid);
    if (awaitReady?.(() => server.exited(0)) === true) return server;
    // A server of ours that ends closes its descriptor.
    const inTime = awaitReady === undefined && waitReadable(readEnd, limitMs);
    if (inTime) ownCalls.read++;
    if (inTime && cRead(readEnd, byte, 1) === 1) return server;
    const died = (inTime || awaitReady !== undefined) && server.exited(inTime ? REAP_LIMIT_MS : 0);
    server.stop(0);
    throw new UserError(died ? `${argv[0]}: ended before it was ready` : `${argv[0]}: not ready in time`, {
      exit: 5,
      code: died ? 'server-ended' : 'timeout',
      facts: [
        `command: ${argv.join(' ')}`,
        died ? `ended with: ${server.how}` : `waited: ${limitMs} ms`,
        ...lastWords(log),
      ],
    });
  } finally {
    files.close(output);
    files.close(stdin);
    files.close(readEnd);
  }
};
