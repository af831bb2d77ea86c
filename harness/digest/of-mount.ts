// The listing of a mount, made by a child process with a time limit: a call into a file system that hangs would otherwise block
// this process beyond any timer.
//
// Does:   starts the walker, asks it for one walk after another, kills it when the time of one is over.
// Error:  a walker that cannot even be killed is left behind after two seconds and named.
// Cost:   60 to 170 ms for the process, beside the walks.
// Leaves: the listing, complete or not.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { UserError, unreachable } from '../model/errors.ts';
import type { Coverage } from './listing.ts';
import type { Walked } from './walk.ts';
import type { WalkAnswer, WalkRequest } from './walk-main.ts';

export interface WalkOptions extends Partial<Coverage> {
  readonly timeoutMs: number;
  /** File for the listing; replaced. */
  readonly listingPath: string;
}

export type { Walked };

const WALKER = fileURLToPath(new URL('./walk-main.js', import.meta.url));
const KILL_LIMIT_MS = 2_000;
const TAIL_BYTES = 1 << 16;

/** Whether `trusted.*` can be read here: only outside user namespaces. */
export const seesTrusted = (): boolean =>
  process.geteuid?.() === 0 && /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));

const lastListed = (listingPath: string): string => {
  const fd = openSync(listingPath, 'r');
  try {
    const size = fstatSync(fd).size;
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(fd, tail, 0, tail.length, size - tail.length);
    const lines = tail.toString('latin1').trimEnd().split('\n');
    return lines.at(-1)?.split('\t')[0] || 'none';
  } finally {
    closeSync(fd);
  }
};

const tooSlow = (root: string, options: WalkOptions, pid: number | undefined, killed: boolean): UserError =>
  new UserError('walking the mount took too long: its file system hangs or is very slow', {
    code: 'timeout',
    exit: 5,
    facts: [
      `mount: ${root}`,
      `limit: ${Math.round(options.timeoutMs)} ms`,
      `last line written: ${lastListed(options.listingPath)}`,
      ...(killed ? [] : [`process ${pid} could not be killed`]),
    ],
  });

const answered = (answer: WalkAnswer): Walked => {
  switch (answer.kind) {
    case 'walked':
      return answer.walked;
    case 'failed':
      throw new UserError(answer.message, { code: answer.code, facts: answer.facts, exit: 5 });
    default:
      return unreachable(answer);
  }
};

interface Child {
  readonly pid: number | undefined;
  /** The next line that it prints, or null when it ended. */
  ask(line: string): Promise<string | null>;
  readonly ended: Promise<unknown>;
  readonly said: () => string;
  readonly kill: () => void;
  readonly unref: () => void;
  readonly close: () => void;
}

const startChild = (): Child => {
  const child = spawn(process.execPath, [WALKER], { env: { LC_ALL: 'C', TZ: 'UTC' } });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  // Of a child that is gone the answer tells.
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').catch((error: unknown) => {
    said += String(error);
  });
  return {
    pid: child.pid,
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      return done === true ? null : value;
    },
    ended,
    said: () => said,
    kill: () => child.kill('SIGKILL'),
    unref() {
      child.unref();
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
    close: () => child.stdin.end(),
  };
};

/** Rejects with a UserError: `timeout`, or the errno of what failed with its path. */
export type WalkMount = (root: string, options: WalkOptions) => Promise<Walked>;

export interface Walker {
  /** One at a time. */
  readonly walk: WalkMount;
  end(): Promise<void>;
}

/** Starts a child with the first walk, and another one after a child that had to be killed. */
export const openWalker = (): Walker => {
  let child: Child | null = null;
  return {
    async walk(root, options) {
      const covers: Coverage = {
        contents: options.contents ?? true,
        selinux: options.selinux ?? false,
        trusted: options.trusted ?? seesTrusted(),
        bare: options.bare ?? false,
      };
      const { listingPath } = options;
      closeSync(openSync(listingPath, 'w', 0o600));
      child ??= startChild();
      const asked = child;
      let late: NodeJS.Timeout | undefined;
      const limit = new Promise<'late'>((resolve) => {
        late = setTimeout(() => resolve('late'), options.timeoutMs);
      });
      const request: WalkRequest = { root, listingPath, covers };
      const line = await Promise.race([asked.ask(JSON.stringify(request)), limit]);
      clearTimeout(late);
      if (line !== 'late' && line !== null) return answered(JSON.parse(line) as WalkAnswer);
      child = null;
      if (line === null) {
        await asked.ended;
        throw new Error(`the walker of ${root} ended without an answer: ${asked.said()}`);
      }
      asked.kill();
      const lost = setTimeoutPromise(KILL_LIMIT_MS, 'lost' as const, { ref: false });
      const isLost = (await Promise.race([asked.ended, lost])) === 'lost';
      if (isLost) asked.unref();
      throw tooSlow(root, options, asked.pid, !isLost);
    },
    async end() {
      child?.close();
      await child?.ended;
      child = null;
    },
  };
};

/** A single walk. */
export const walkMount: WalkMount = async (root, options) => {
  const walker = openWalker();
  try {
    return await walker.walk(root, options);
  } finally {
    await walker.end();
  }
};
