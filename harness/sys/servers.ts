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
const cSocketPair = bind<(domain: number, type: number, protocol: number, into: Uint8Array) => number>(
  'socketpair',
  'int',
  'int',
  'int',
  'void *',
);
const cSend = bind<(fd: number, from: Uint8Array, size: number, flags: number) => number>(
  'send',
  'int',
  'const void *',
  'size_t',
  'int',
);
const cRead = bind<(fd: number, into: Uint8Array, size: number) => number>('read', 'int', 'void *', 'size_t');

const AF_UNIX = 1;
const SOCK_SEQPACKET = 5;
const MSG_NOSIGNAL = 0x4000;
const ANSWER_BYTES = 4096;
const ANSWER_LIMIT_MS = 30_000;
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

/** One message, one answer. */
const sendOver = (socket: number | null, words: readonly string[], log: string): string => {
  if (socket === null) throw new Error('this server takes no messages');
  const message = Buffer.from(`${words.join('\0')}\0`);
  const answer = Buffer.alloc(ANSWER_BYTES);
  check(cSend(socket, message, message.length, MSG_NOSIGNAL), 'send');
  if (!waitReadable(socket, ANSWER_LIMIT_MS))
    throw new UserError('a server does not answer', { exit: 5, code: 'timeout', facts: [words.join(' ')] });
  ownCalls.read++;
  const length = check(cRead(socket, answer, answer.length), 'read');
  if (length === 0)
    throw new UserError('a server ended instead of answering', {
      exit: 5,
      code: 'server-ended',
      facts: [words.join(' '), ...lastWords(log)],
    });
  return answer.toString('utf8', 0, length);
};

const track = (pid: number, socket: number | null, log: string): RunningServer => {
  const pidfd = openPidfd(pid);
  let ended: Ended | null = null;
  const exited = (limitMs: number): boolean => {
    if (ended !== null) return true;
    if (!waitReadable(pidfd, limitMs)) return false;
    ended = reap(pid);
    if (ended === null) return false;
    files.close(pidfd);
    if (socket !== null) files.close(socket);
    return true;
  };
  return {
    pid,
    exited,
    sendCommand: (words) => sendOver(socket, words, log),
    close(limitMs) {
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
  /**
   * `{ready}` in an argument becomes the number of the descriptor that the server writes one byte to. `{control}` does, too,
   * and is a socket on which it then takes messages.
   */
  readonly argv: readonly string[];
  readonly log: string;
  readonly limitMs: number;
  readonly onSpawn?: (pid: number) => void;
  /** For servers that know no `{ready}`: returns when they are, when `ended` holds, or after the limit; true when ready. */
  readonly awaitReady?: (ended: () => boolean) => boolean;
}

/** The end that stays here and the one for the server. */
const channel = (isSocket: boolean): readonly [ours: number, theirs: number] => {
  if (isSocket) check(cSocketPair(AF_UNIX, SOCK_SEQPACKET | O_CLOEXEC, 0, pair), 'socketpair');
  else check(cPipe(pair, O_CLOEXEC), 'pipe2');
  return [pair.readInt32LE(0), pair.readInt32LE(4)];
};

export const startServer = ({ argv, log, limitMs, onSpawn, awaitReady }: ServerStart): RunningServer => {
  const isSocket = argv.includes('{control}');
  const [ours, theirs] = channel(isSocket);
  const stdin = files.open('/dev/null', O_RDONLY);
  const output = files.open(log, O_WRONLY | O_CREAT | O_APPEND, LOG_MODE);
  let server: RunningServer | null = null;
  try {
    let pid: number;
    try {
      const filled = argv.map((argument) => argument.replaceAll(/\{(ready|control)\}/g, String(READY_FD)));
      pid = spawnProcess(filled, {
        stdin,
        stdout: output,
        stderr: output,
        extra: { from: theirs, to: READY_FD },
      });
    } finally {
      files.close(theirs);
    }
    server = track(pid, isSocket ? ours : null, log);
    onSpawn?.(pid);
    const started = server;
    if (awaitReady?.(() => started.exited(0)) === true) return server;
    // A server of ours that ends closes its descriptor.
    const inTime = awaitReady === undefined && waitReadable(ours, limitMs);
    if (inTime) ownCalls.read++;
    if (inTime && cRead(ours, byte, 1) === 1) return server;
    const died = (inTime || awaitReady !== undefined) && server.exited(inTime ? REAP_LIMIT_MS : 0);
    server.close(0);
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
    // A socket is the server's for as long as it lives.
    if (!isSocket || server === null) files.close(ours);
  }
};
