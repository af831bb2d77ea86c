// A private mount and PID namespace for a whole run, so that no mount and no process outlives it.
//
// Needs:   unshare (util-linux) with root, or a kernel that allows user namespaces and mounts inside them.
// Does:    starts the program as a child of the namespace's first process, a shell that reaps orphans and reports the program's exit
//          code. The program has its own session, so that Ctrl-C reaches the outer process only, and a socket to the outer process:
//          `I` is an interrupt, lines in the other direction are messages.
// Error:   without a namespace nothing is started.
// Cost:    about 7 ms for the probe, 5 ms for the entry.
// Leaves:  nothing, also after `kill -9` of any process involved: the kernel kills a PID namespace with its first process and
//          removes a private mount namespace with its last.
// Source:  pid_namespaces(7), user_namespaces(7), PR_SET_PDEATHSIG in prctl(2).
import { type ChildProcess, spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Duplex, Readable } from 'node:stream';
import { UserError } from '../model/errors.ts';
import { abortFuseBelow } from './fuse-abort.ts';
import { INNER } from './inner.ts';
import { isOfKilledInit, probeNamespaces } from './namespace-probe.ts';
import { signalName } from './signal-name.ts';

const CONTROL_FD = 3;
/** Number of the first descriptor in the program that `inherits` names. */
export const FIRST_INHERITED_FD = 6;
const INTERRUPT = 'I';
const SIGNAL_EXIT = 128;

/**
 * The first process of the namespace: waits for the program, reaps orphans, writes the exit code. A helper process kills the program
 * after the exit of the outer process, also if the program is blocked in a system call. Descriptors: 3 the program's socket, 4 ours,
 * 5 standard error, which the messages of unshare and of the shell must not reach.
 */
const INIT = `"$@" 2>&5 4<&- 5>&- & child=$!
{ read -r _ <&4; kill -KILL "$child"; } 3<&- 5>&- &
exec 3<&- 5>&-
wait "$child"; code=$?
echo "$code" >&4
exit "$code"`;

/** `measured` and `shown`: progress of the program. `limit`: kill it unless it sends another message in this time. */
export type InnerMessage =
  | { readonly kind: 'measured' | 'shown' }
  | { readonly kind: 'limit'; readonly ms: number };

interface InnerProgram {
  /** Program and arguments; the program runs inside. */
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onMessage?: (message: InnerMessage) => void;
  /** Further descriptors, which every process of the namespace holds that does not close them. */
  readonly inherits?: readonly number[];
}

export type InnerEnd =
  | { readonly kind: 'exited'; readonly code: number }
  /** `what`: a sentence, such as `the measuring process was killed by SIGKILL`. */
  | { readonly kind: 'killed'; readonly what: string };

export interface RunningInner {
  /** Resolves when no process of the namespace is left. */
  readonly ended: Promise<InnerEnd>;
  interrupt(): void;
  /** Aborts its FUSE mounts below a folder, so that a system call that waits for a server ends. Without root nothing happens. */
  abortFuse(dir: string): void;
  /** Kills all processes of the namespace. */
  kill(): void;
}

const textOf = (stream: Readable): (() => string) => {
  let text = '';
  stream.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  return () => text;
};

/** unshare ends itself as the first process ended. */
const STARTERS = 'unshare, which started the measuring process, or the first process of its namespace';

/** `reported`: output of the first process; empty if it was killed itself. */
const endOf = (reported: string, signal: NodeJS.Signals | null, stderr: string): InnerEnd => {
  const code = Number.parseInt(reported, 10);
  if (code > SIGNAL_EXIT && code !== SIGNAL_EXIT + constants.signals.SIGINT)
    return { kind: 'killed', what: `the measuring process was killed by ${signalName(code - SIGNAL_EXIT)}` };
  if (!Number.isNaN(code)) return { kind: 'exited', code };
  if (signal !== null) return { kind: 'killed', what: `${STARTERS} was killed by ${signal}` };
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !isOfKilledInit(line));
  if (lines.length > 0)
    throw new UserError('cannot make a private namespace', { exit: 4, code: 'no-namespace', facts: lines });
  return {
    kind: 'killed',
    what: 'the first process of the namespace of the measuring process was killed by SIGKILL',
  };
};

const onLine = (stream: Readable, listener: (line: string) => void): void => {
  let rest = '';
  stream.setEncoding('utf8').on('data', (piece: string) => {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop()!;
    for (const line of lines) listener(line);
  });
};

const messageOf = (line: string): InnerMessage => {
  const [kind, ms] = line.split(' ');
  return kind === 'limit' ? { kind, ms: Number(ms) } : { kind: kind as 'measured' | 'shown' };
};

const endsOf = (child: ChildProcess, guard: Duplex): Promise<InnerEnd> => {
  const [reported, stderr] = [textOf(guard), textOf(child.stdio[2] as Readable)];
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Every process of the namespace holds one of the pipes: `close` comes after the last has ended.
    child.once('close', (_, signal) => {
      try {
        resolve(endOf(reported(), signal, stderr()));
      } catch (error) {
        reject(error);
      }
    });
  });
};

/** Starts a program in private namespaces. */
export const startInNamespace = async ({
  argv,
  env = process.env,
  onMessage = () => {},
  inherits = [],
}: InnerProgram): Promise<RunningInner> => {
  const found = await probeNamespaces();
  if (found.kind === 'refused')
    throw new UserError('cannot make a private namespace', {
      exit: 4,
      code: 'no-namespace',
      facts: [found.reason],
      hint: found.hint,
    });
  const [program = '', ...prefix] = found.prefix;
  const child = spawn(program, [...prefix, 'sh', '-c', INIT, 'sh', ...argv], {
    detached: true,
    stdio: ['ignore', 'inherit', 'pipe', 'pipe', 'pipe', 2, ...inherits],
    env: { ...env, [INNER]: found.privilege },
  });
  const [control, guard] = [child.stdio[3] as Duplex, child.stdio[4] as Duplex];
  // Ignore EPIPE and ECONNRESET: the program may have exited already.
  for (const pipe of [control, guard]) pipe.on('error', () => {});
  onLine(control, (line) => onMessage(messageOf(line)));
  return {
    ended: endsOf(child, guard),
    interrupt: () => void control.write(INTERRUPT),
    abortFuse(dir) {
      try {
        // unshare itself is in the mount namespace that it made.
        abortFuseBelow(dir, child.pid!);
      } catch {
        // A user namespace has no abort control, or the program has ended.
      }
    },
    kill: () => void child.kill('SIGKILL'),
  };
};

export interface Outer {
  /** Never waits: a message is lost if the outer process does not read. */
  tell(message: InnerMessage): void;
  /** From now on this process does not end with the outer one. */
  close(): void;
}

/** Called in the inner process: reports interrupts, and kills this process after the exit of the outer one. */
export const listenToOuter = async (onInterrupt: () => void): Promise<Outer> => {
  const { Socket } = await import('node:net');
  const control: Duplex & { unref(): unknown } = new Socket({
    fd: CONTROL_FD,
    readable: true,
    writable: false,
  });
  control.on('data', (bytes: Buffer) => {
    if (bytes.includes(INTERRUPT)) onInterrupt();
  });
  control.on('close', () => process.kill(process.pid, 'SIGKILL'));
  control.on('error', () => {});
  control.unref();
  return {
    tell(message) {
      try {
        writeSync(CONTROL_FD, message.kind === 'limit' ? `limit ${message.ms}\n` : `${message.kind}\n`);
      } catch {
        // The outer process has ended, and this one is about to.
      }
    },
    close() {
      control.removeAllListeners('close');
      control.destroy();
    },
  };
};
