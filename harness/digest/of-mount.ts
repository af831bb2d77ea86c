// The listing of a mount, made by a child process with a time limit: a call into a file system that hangs would otherwise block
// this process beyond any timer.
//
// Cost:   the child's start, beside the walks.
// Leaves: the listing, complete or not.
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UserError, unreachable } from '../model/errors.ts';
import { openRequestChild } from '../sys/request-child.ts';
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

const tooSlow = (
  root: string,
  options: WalkOptions,
  { pid, killed }: { readonly pid: number | null; readonly killed: boolean },
): UserError =>
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

/** Rejects with a UserError: `timeout`, or the errno of what failed with its path. */
export type WalkMount = (root: string, options: WalkOptions) => Promise<Walked>;

export interface Walker {
  /** One at a time. */
  readonly walk: WalkMount;
  end(): Promise<void>;
}

export const openWalker = (): Walker => {
  const child = openRequestChild(WALKER);
  child.start();
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
      const request: WalkRequest = { root, listingPath, covers };
      const answer = await child.request(JSON.stringify(request), options.timeoutMs);
      switch (answer.kind) {
        case 'line':
          return answered(JSON.parse(answer.line) as WalkAnswer);
        case 'timeout':
          throw tooSlow(root, options, answer);
        case 'exited':
          throw new Error(`the walker of ${root} ended without an answer: ${answer.stderr}`);
        default:
          return unreachable(answer);
      }
    },
    end: child.close,
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
