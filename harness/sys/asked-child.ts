// A child process that is asked one question after another: whatever would block this process beyond any timer is done there.
//
// Does:   starts the program with the first question, or when it is told that there will be one; kills it when the time of one is over, and starts another for the next.
// Error:  a child that cannot even be killed is left behind after two seconds and said to be.
// Cost:   60 to 170 ms for a program that Node runs, once.
// Leaves: the child, until `end`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setImmediate as afterReading, setTimeout as wait } from 'node:timers/promises';

const KILL_LIMIT_MS = 2_000;

export type Answer =
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'late'; readonly pid: number | null; readonly killed: boolean }
  /** It ended instead: its last words. */
  | { readonly kind: 'ended'; readonly said: string };

/** What a program may print instead of what it found. */
export interface FailedAnswer {
  readonly kind: 'failed';
  readonly message: string;
  readonly code: string;
  readonly facts: readonly string[];
}

export interface AskedChild {
  /** Starts it now: it gets ready while other things are done. */
  begin(): void;
  /** A line for its standard input; the line that it prints. One at a time. */
  ask(line: string, timeoutMs: number): Promise<Answer>;
  /** Null while there is none. */
  readonly pid: number | null;
  end(): Promise<void>;
}

interface Running {
  readonly pid: number | null;
  /** Null when it ended. */
  ask(line: string): Promise<string | null>;
  readonly ended: Promise<unknown>;
  said(): string;
  kill(): void;
  /** Nothing here waits for it any more. */
  giveUp(): void;
  close(): void;
}

const start = (program: string): Running => {
  const child = spawn(process.execPath, [program], { env: { LC_ALL: 'C', TZ: 'UTC' } });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  // That it is gone is told by the end of its answers.
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').catch((error: unknown) => {
    said += String(error);
  });
  return {
    pid: child.pid ?? null,
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      return done === true ? null : value;
    },
    ended,
    said: () => said,
    kill: () => child.kill('SIGKILL'),
    giveUp() {
      child.unref();
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
    close: () => child.stdin.end(),
  };
};

/** `program`: a module that reads questions from its standard input, a line each, and prints a line for each of them. */
export const openAskedChild = (program: string): AskedChild => {
  let child: Running | null = null;
  return {
    get pid() {
      return child?.pid ?? null;
    },
    begin() {
      child ??= start(program);
    },
    async ask(line, timeoutMs) {
      child ??= start(program);
      const asked = child;
      const over = new AbortController();
      // This process may have been busy with other things: an answer that lies there when the time is over still counts.
      const limit = wait(timeoutMs, null, { signal: over.signal })
        .then(() => afterReading('late' as const))
        .catch(() => 'late' as const);
      const answer = await Promise.race([asked.ask(line), limit]);
      over.abort();
      if (answer !== 'late' && answer !== null) return { kind: 'line', line: answer };
      child = null;
      if (answer === null) {
        await asked.ended;
        return { kind: 'ended', said: asked.said() };
      }
      asked.kill();
      const lost = wait(KILL_LIMIT_MS, 'lost' as const, { ref: false });
      const killed = (await Promise.race([asked.ended, lost])) !== 'lost';
      if (!killed) asked.giveUp();
      return { kind: 'late', pid: asked.pid, killed };
    },
    async end() {
      child?.close();
      await child?.ended;
      child = null;
    },
  };
};
