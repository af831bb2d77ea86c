// A time limit for test files: one that does not end is killed together with its descendants.
import { readdirSync, readFileSync } from 'node:fs';

interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly words: readonly string[];
}

const processOf = (pid: number): readonly RunningProcess[] => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in parentheses, may contain anything.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').slice(0, -1);
    return [{ pid, parent, words }];
  } catch {
    return []; // The process has ended.
  }
};

const descendantsOf = (ancestor: number): readonly RunningProcess[] => {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)));
  const found: RunningProcess[] = [];
  const below = (pid: number): void => {
    for (const one of all.filter(({ parent }) => parent === pid)) {
      found.push(one);
      below(one.pid);
    }
  };
  below(ancestor);
  return found;
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // The process has ended.
  }
};

/** Stops every process before the first is killed: none starts another meanwhile, and none gets another parent. */
const killWithDescendants = (pid: number): readonly RunningProcess[] => {
  const stopped = new Map<number, RunningProcess>();
  signal(pid, 'SIGSTOP');
  for (;;) {
    const more = descendantsOf(pid).filter((one) => !stopped.has(one.pid));
    if (more.length === 0) break;
    for (const one of more) {
      signal(one.pid, 'SIGSTOP');
      stopped.set(one.pid, one);
    }
  }
  for (const one of [pid, ...stopped.keys()]) signal(one, 'SIGKILL');
  return [...stopped.values()];
};

const LOOKS_PER_LIMIT = 100;

/**
 * Watches the children of this process that run one of `paths`, until the returned function is called. `say` gets a line for each
 * that was killed; the test runner reports its file as failed.
 */
export const limitFiles = (
  paths: readonly string[],
  limitMs: number,
  say: (line: string) => void,
): (() => void) => {
  const begun = new Map<number, number>();
  const look = (): void => {
    const running = descendantsOf(process.pid).filter(({ parent }) => parent === process.pid);
    for (const pid of begun.keys()) if (!running.some((one) => one.pid === pid)) begun.delete(pid);
    for (const { pid, words } of running) {
      const path = words.find((word) => paths.includes(word));
      if (path === undefined) continue;
      if (!begun.has(pid)) begun.set(pid, performance.now());
      if (performance.now() - begun.get(pid)! < limitMs) continue;
      // It stays a child until it is reaped.
      begun.set(pid, Number.POSITIVE_INFINITY);
      const killed = killWithDescendants(pid).map((one) => `${one.pid} ${one.words.join(' ')}`);
      say(
        `${path} did not end within ${limitMs / 1000} s and was killed, with its ${killed.length} descendants`,
      );
      for (const line of killed) say(`  ${line}`);
    }
  };
  const timer = setInterval(look, limitMs / LOOKS_PER_LIMIT);
  return () => clearInterval(timer);
};
