// The listing of a mount, made by a child process with a time limit, because a call into a hung file system blocks its process
// and no timer can end it.
//
// Cost:   the start of the child, in addition to the walks.
// Leaves: the listing, possibly incomplete.
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UserError, unreachable } from '../model/errors.ts';
import { openRequestChild } from '../sys/request-child.ts';
import type { Coverage } from './listing.ts';
import type { WalkedTree } from './walk.ts';
import type { WalkRequest, WalkResult } from './walk-main.ts';

interface WalkOptions extends Partial<Coverage> {
  readonly timeoutMs: number;
  /** See `WaitLimit`. */
  readonly beforeKill?: () => void;
  /** File for the listing; replaced. */
  readonly listingPath: string;
}

const WALKER = fileURLToPath(new URL('./walk-main.js', import.meta.url));
const TAIL_BYTES = 1 << 16;

/** Whether this process can read `trusted.*`, which works only in the initial user namespace. */
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

const walkTimeout = (
  root: string,
  options: WalkOptions,
  { pid, killed }: { readonly pid: number | null; readonly killed: boolean },
): UserError =>
  new UserError('the walk of the mount exceeded its time limit: the file system hangs or is very slow', {
    code: 'timeout',
    exit: 5,
    facts: [
      `mount: ${root}`,
      `limit: ${Math.round(options.timeoutMs)} ms`,
      `last line written: ${lastListed(options.listingPath)}`,
      ...(killed ? [] : [`process ${pid} could not be killed`]),
    ],
  });

const treeOf = (result: WalkResult): WalkedTree => {
  switch (result.kind) {
    case 'walked':
      return result.walked;
    case 'failed':
      throw new UserError(result.message, { code: result.code, facts: result.facts, exit: 5 });
    default:
      return unreachable(result);
  }
};

/** Rejects with a UserError: `timeout`, or the errno and the path of a failed call. */
export type WalkMount = (root: string, options: WalkOptions) => Promise<WalkedTree>;

interface Walker {
  /** One walk at a time. */
  readonly walk: WalkMount;
  close(): Promise<void>;
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
      const { timeoutMs: ms, beforeKill = () => {} } = options;
      const answer = await child.request(JSON.stringify(request), { ms, beforeKill });
      switch (answer.kind) {
        case 'line':
          return treeOf(JSON.parse(answer.line) as WalkResult);
        case 'timeout':
          throw walkTimeout(root, options, answer);
        case 'exited':
          throw new UserError('the walker of a mount exited without a result', {
            code: 'exited',
            exit: 5,
            facts: [`mount: ${root}`, ...answer.stderr.split('\n').filter((line) => line.trim() !== '')],
          });
        default:
          return unreachable(answer);
      }
    },
    close: child.close,
  };
};
