// Servers behind mounts: start, readiness, commands, exit.
//
// Needs:   Linux 5.3 (pidfd).
// Does:    pipe or socketpair, posix_spawn, poll. The thread waits until the server is ready, as a container runtime does.
// Error:   a server that exits or is not ready in time throws with the end of its log.
// Leaves:  its log, a memory file of the caller; the process until `exited` or `close` reaped it.
import { UserError } from '../model/errors.ts';
import type { Server } from '../model/machine.ts';
import { files, O_CLOEXEC, O_RDONLY } from './files.ts';
import { patience } from './guest.ts';
import { bind, check } from './libc.ts';
import { faultIn, logTail } from './log-tail.ts';
import { ownCalls } from './own-calls.ts';
import { openPidfd, reap, signalProcess, waitReadable } from './processes.ts';
import { signalName } from './signal-name.ts';
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
const REPLY_BYTES = 4096;
const REPLY_LIMIT_MS = 30_000;
/** Number of the readiness pipe or control socket in the server. */
const CHANNEL_FD = 3;
const SIGTERM = 15;
const SIGKILL = 9;
const REAP_LIMIT_MS = 2000;
/** For a server to become ready. */
export const SERVER_LIMIT_MS = 10_000;

export interface RunningServer extends Server {
  /** `exit 1` or `signal 9`; null until it was reaped. */
  readonly how: string | null;
  /** How it ended and the end of its log: `was killed by SIGKILL: no memory`. Null while it runs, and after exit code 0. */
  lost(): string | null;
}

const lostWords = (how: string, isStopped: boolean): string => {
  if (isStopped) return 'did not end after SIGTERM and was killed';
  const [kind, number] = how.split(' ');
  return kind === 'signal' ? `was killed by ${signalName(Number(number))}` : `ended with exit code ${number}`;
};

/** Sends one message and returns the reply. */
const sendOver = (socket: number | null, words: readonly string[], log: number): string => {
  if (socket === null) throw new Error('this server has no control socket');
  const message = Buffer.from(`${words.join('\0')}\0`);
  const reply = Buffer.alloc(REPLY_BYTES);
  check(cSend(socket, message, message.length, MSG_NOSIGNAL), 'send');
  if (!waitReadable(socket, REPLY_LIMIT_MS * patience))
    throw new UserError(`a server did not reply within ${REPLY_LIMIT_MS} ms`, {
      exit: 5,
      code: 'timeout',
      facts: [words.join(' ')],
    });
  ownCalls.read++;
  const length = check(cRead(socket, reply, reply.length), 'read');
  if (length === 0)
    throw new UserError('a server exited without a reply', {
      exit: 5,
      code: 'server-ended',
      facts: [words.join(' '), ...logTail(log)],
    });
  return reply.toString('utf8', 0, length);
};

const track = (pid: number, socket: number | null, log: number): RunningServer => {
  const pidfd = openPidfd(pid);
  let how: string | null = null;
  let isStopped = false;
  const exited = (limitMs: number): boolean => {
    if (how !== null) return true;
    if (!waitReadable(pidfd, limitMs * patience)) return false;
    how = reap(pid);
    if (how === null) return false;
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
      isStopped = true;
      signalProcess(pid, SIGKILL);
      if (!exited(REAP_LIMIT_MS))
        throw new UserError('SIGKILL did not end a server', {
          exit: 5,
          code: 'leak',
          facts: [`pid: ${pid}`],
        });
    },
    get how() {
      return how;
    },
    lost() {
      if (!exited(0) || how === null || how === 'exit 0') return null;
      const lastWords = logTail(log);
      return `${lostWords(how, isStopped)}${lastWords.length === 0 ? '' : `: ${lastWords.join('; ')}`}`;
    },
  };
};

interface ServerStart {
  /**
   * `{ready}` in an argument becomes the number of a descriptor to which the server writes one byte when it is ready. `{control}` is
   * the same, and a socket for commands afterwards.
   */
  readonly argv: readonly string[];
  /** A descriptor from `openLog`, which stays open. */
  readonly log: number;
  readonly limitMs: number;
  /** For servers without `{ready}`: waits until the server is ready, `exited` returns true, or the limit passed; true if ready. */
  readonly awaitReady?: (exited: () => boolean) => boolean;
}

const pair = Buffer.alloc(8);
const byte = Buffer.alloc(1);

const openChannel = (isSocket: boolean): readonly [ours: number, theirs: number] => {
  if (isSocket) check(cSocketPair(AF_UNIX, SOCK_SEQPACKET | O_CLOEXEC, 0, pair), 'socketpair');
  else check(cPipe(pair, O_CLOEXEC), 'pipe2');
  return [pair.readInt32LE(0), pair.readInt32LE(4)];
};

/** Closes `theirs`, the server's end of the channel. */
const spawnServer = ({ argv, log }: ServerStart, theirs: number): number => {
  const open = [theirs];
  try {
    const stdin = files.open('/dev/null', O_RDONLY);
    open.push(stdin);
    const filled = argv.map((argument) => argument.replaceAll(/\{(ready|control)\}/g, String(CHANNEL_FD)));
    return spawnProcess(filled, {
      stdin,
      stdout: log,
      stderr: log,
      extra: { from: theirs, to: CHANNEL_FD },
    });
  } finally {
    for (const fd of open) files.close(fd);
  }
};

/** Waits until the server is ready; else closes it and throws. */
const waitUntilReady = (server: RunningServer, ours: number, start: ServerStart): void => {
  const { argv, log, limitMs, awaitReady } = start;
  if (awaitReady?.(() => server.exited(0)) === true) return;
  // The pipe is also readable if the server exits, because its end closes.
  const readable = awaitReady === undefined && waitReadable(ours, limitMs * patience);
  if (readable) {
    ownCalls.read++;
    if (cRead(ours, byte, 1) === 1) return;
  }
  const exited = (readable || awaitReady !== undefined) && server.exited(readable ? REAP_LIMIT_MS : 0);
  server.close(0);
  const lines = logTail(log);
  throw new UserError(
    `${argv[0]}: ${exited ? 'exited before it was ready' : `not ready after ${limitMs} ms`}`,
    {
      exit: 5,
      code: exited ? (faultIn(lines) ?? 'server-ended') : 'timeout',
      facts: [`command: ${argv.join(' ')}`, ...(exited ? [`status: ${server.how}`] : []), ...lines],
    },
  );
};

export const startServer = (start: ServerStart): RunningServer => {
  const isSocket = start.argv.includes('{control}');
  const [ours, theirs] = openChannel(isSocket);
  let server: RunningServer | null = null;
  try {
    server = track(spawnServer(start, theirs), isSocket ? ours : null, start.log);
    waitUntilReady(server, ours, start);
    return server;
  } finally {
    // A tracked server closes its control socket itself.
    if (!isSocket || server === null) files.close(ours);
  }
};
