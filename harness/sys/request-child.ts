// A child process that handles one request after another. A call that may hang is made there, so that a timer can end it.
//
// Does:   starts the program at the first request or at `start`; kills it when a request exceeds its limit, and starts another
//         one for the next request.
// Error:  a child that SIGKILL does not end within two seconds is left behind and reported.
// Cost:   60 to 170 ms to start a Node program, once.
// Leaves: the child, until `close`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setImmediate as afterPendingReads, setTimeout as wait } from 'node:timers/promises';
import type { WaitLimit } from '../model/wait-limit.ts';
import { patience } from './guest.ts';

const KILL_LIMIT_MS = 2_000 * patience;

type ChildReply =
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'timeout'; readonly pid: number | null; readonly killed: boolean }
  | { readonly kind: 'exited'; readonly stderr: string };

/** The reply of a program whose request failed. */
export interface FailedReply {
  readonly kind: 'failed';
  readonly message: string;
  readonly code: string;
  readonly facts: readonly string[];
}

export interface RequestChild {
  /** Starts the program now, so that the first request need not wait for it. */
  start(): void;
  /** Writes one line to the program and returns the line that it prints. One request at a time. */
  request(line: string, limit: WaitLimit): Promise<ChildReply>;
  /** Null while the program is not running. */
  readonly pid: number | null;
  close(): Promise<void>;
}

interface RunningProgram {
  readonly pid: number | null;
  /** Null when the program exited. */
  request(line: string): Promise<string | null>;
  readonly exited: Promise<unknown>;
  stderr(): string;
  kill(): void;
  /** Closes the pipes of a program that cannot be killed, and no longer waits for it. */
  abandon(): void;
  closeInput(): void;
}

const spawnProgram = (program: string): RunningProgram => {
  const child = spawn(process.execPath, [program], { env: { LC_ALL: 'C', TZ: 'UTC' } });
  let stderr = '';
  const exited = once(child, 'close').catch((error: unknown) => {
    stderr += String(error);
  });
  const base = { pid: child.pid ?? null, exited, stderr: () => stderr };
  // Without free descriptors Node.js makes no pipes, against its types; the reason follows as an event.
  if ((child.stdout as Readable | undefined) === undefined)
    return { ...base, request: async () => null, kill() {}, abandon() {}, closeInput() {} };
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // EPIPE needs no handling here: the end of standard output reports the exit.
  child.stdin.on('error', () => {});
  return {
    ...base,
    async request(line) {
      child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      return done === true ? null : value;
    },
    kill: () => child.kill('SIGKILL'),
    abandon() {
      child.unref();
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
    closeInput: () => child.stdin.end(),
  };
};

/** `program`: a module that reads one request per line of standard input and prints one line for each. */
export const openRequestChild = (program: string): RequestChild => {
  let child: RunningProgram | null = null;
  return {
    get pid() {
      return child?.pid ?? null;
    },
    start() {
      child ??= spawnProgram(program);
    },
    async request(line, { ms, beforeKill }) {
      child ??= spawnProgram(program);
      const running = child;
      const replied = new AbortController();
      // A reply that arrived while this process was busy counts, even when the limit has passed: read the pipe once more first.
      const limit = wait(ms, null, { signal: replied.signal })
        .then(() => afterPendingReads('timeout' as const))
        .catch(() => 'timeout' as const);
      const reply = await Promise.race([running.request(line), limit]);
      replied.abort();
      if (reply !== 'timeout' && reply !== null) return { kind: 'line', line: reply };
      child = null;
      if (reply === null) {
        await running.exited;
        return { kind: 'exited', stderr: running.stderr() };
      }
      beforeKill?.();
      running.kill();
      const survived = wait(KILL_LIMIT_MS, 'survived' as const, { ref: false });
      const killed = (await Promise.race([running.exited, survived])) !== 'survived';
      if (!killed) running.abandon();
      return { kind: 'timeout', pid: running.pid, killed };
    },
    async close() {
      const running = child;
      child = null;
      if (running === null) return;
      running.closeInput();
      const survived = wait(KILL_LIMIT_MS, 'survived' as const, { ref: false });
      if ((await Promise.race([running.exited, survived])) !== 'survived') return;
      running.kill();
      running.abandon();
    },
  };
};
