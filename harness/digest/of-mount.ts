// The listing of a mount, made by a child process with a time limit: a call into a file system that hangs would otherwise block
// this process beyond any timer.
//
// Does:   starts the walker, kills it when its time is over.
// Error:  a walker that cannot even be killed is left behind after two seconds and named.
// Cost:   about 60 ms for the process, beside the walk.
// Leaves: the listing, complete or not.
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { UserError, unreachable } from '../model/errors.ts';
import type { Coverage } from './listing.ts';
import type { Walked } from './walk.ts';
import type { WalkAnswer } from './walk-main.ts';

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

/** Rejects with a UserError: `timeout`, or the errno of what failed with its path. */
export const walkMount = async (root: string, options: WalkOptions): Promise<Walked> => {
  const covers: Coverage = {
    contents: options.contents ?? true,
    selinux: options.selinux ?? false,
    trusted: options.trusted ?? seesTrusted(),
    bare: options.bare ?? false,
  };
  closeSync(openSync(options.listingPath, 'w', 0o600));
  const child = execa(process.execPath, [WALKER, root, options.listingPath, JSON.stringify(covers)], {
    reject: false,
    stdin: 'ignore',
    env: { LC_ALL: 'C', TZ: 'UTC' },
  });
  let late: NodeJS.Timeout | undefined;
  let lost: NodeJS.Timeout | undefined;
  const limit = new Promise<'late'>((resolve) => {
    late = setTimeout(() => {
      child.kill('SIGKILL');
      lost = setTimeout(() => resolve('late'), KILL_LIMIT_MS);
    }, options.timeoutMs);
  });
  const result = await Promise.race([child, limit]);
  clearTimeout(late);
  clearTimeout(lost);
  if (result === 'late') {
    child.unref();
    throw tooSlow(root, options, child.pid, false);
  }
  if (result.signal === 'SIGKILL') throw tooSlow(root, options, child.pid, true);
  if (result.failed) throw new Error(`the walker of ${root} ended without an answer: ${result.stderr}`);
  const answer = JSON.parse(result.stdout) as WalkAnswer;
  switch (answer.kind) {
    case 'walked':
      return answer.walked;
    case 'failed':
      throw new UserError(answer.message, { code: answer.code, facts: answer.facts, exit: 5 });
    default:
      return unreachable(answer);
  }
};
