// Limits that a run would exceed: processes and threads, memory. Checked before anything is made, because Node.js and the programs that
// it starts end without a message at these limits.
//
// Reads:   /proc/self/limits, /proc/meminfo, and pids.max, pids.current, memory.max or memory.limit_in_bytes of the control groups.
// Error:   changes by other processes afterwards are not seen; null where nothing limits.
// Cost:    milliseconds; with a small `ulimit -u` a look at every process.
// Source:  getrlimit(2): RLIMIT_NPROC does not hold for root; cgroups(7).
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import { controlGroups, withParents } from './control-groups.ts';
import { numberAfter } from './moment.ts';
import { isRealRoot } from './namespace-probe.ts';
import { readText } from './read-text.ts';

/** A run of `quick` has up to 78 at once. */
const TASKS = 128;
/** A run of `quick` takes up to 164 MiB. */
const MEMORY_BYTES = 256 * 2 ** 20;

const MIB = 2 ** 20;
const KIB = 1024;
/** Above it the processes of this user are not counted. */
const FAR_ABOVE = 16 * TASKS;

/** The smallest of those that are known. */
const least = (values: readonly (number | null)[]): number | null =>
  values.reduce((a, b) => (a === null ? b : b === null ? a : Math.min(a, b)), null);

const processLimit = (): number | null => {
  const found = /^Max processes +(\d+)/m.exec(readText('/proc/self/limits') ?? '')?.[1];
  return found === undefined ? null : Number(found);
};

const numberIn = (path: string): number | null => {
  const text = readText(path);
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
};

/** `read` of every group of this process with the controller. */
const leastInGroups = (controller: string, read: (dir: string) => number | null): number | null =>
  least(controlGroups(controller).flatMap(({ dir, root }) => withParents(dir, root).map(read)));

const tasksOf = (uid: number | undefined): number => {
  let tasks = 0;
  for (const name of readdirSync('/proc'))
    try {
      if (!/^\d+$/.test(name) || statSync(join('/proc', name)).uid !== uid) continue;
      tasks += numberAfter(readText(join('/proc', name, 'status')), 'Threads') ?? 0;
    } catch {
      // The process has ended.
    }
  return tasks;
};

/** Processes and threads that may still be started. */
const tasksLeft = (): number | null => {
  const limit = isRealRoot() ? null : processLimit();
  const ofUser = limit === null || limit > FAR_ABOVE ? limit : limit - tasksOf(process.getuid?.());
  const ofGroups = leastInGroups('pids', (dir) => {
    const most = numberIn(join(dir, 'pids.max'));
    return most === null ? null : most - (numberIn(join(dir, 'pids.current')) ?? 0);
  });
  return least([ofUser, ofGroups]);
};

const memoryBytes = (): number | null => {
  const available = numberAfter(readText('/proc/meminfo'), 'MemAvailable');
  const ofGroups = leastInGroups('memory', (dir) =>
    least([numberIn(join(dir, 'memory.max')), numberIn(join(dir, 'memory.limit_in_bytes'))]),
  );
  return least([available === null ? null : available * KIB, ofGroups]);
};

const refuse = (what: string, hint: string): never => {
  throw new UserError(`a limit is too low for a run: ${what}`, { exit: 4, code: 'no-room', hint });
};

/** Throws if a limit is too low. */
export const refuseWithoutRoom = (): void => {
  const tasks = tasksLeft();
  if (tasks !== null && tasks < TASKS)
    refuse(
      `it needs ${TASKS} processes and threads, and ${Math.max(0, tasks)} more are allowed`,
      'raise ulimit -u, or pids.max of the control group (systemd: TasksMax; docker: --pids-limit)',
    );
  const memory = memoryBytes();
  if (memory !== null && memory < MEMORY_BYTES)
    refuse(
      `it needs ${MEMORY_BYTES / MIB} MiB of memory, and there are ${Math.floor(memory / MIB)} MiB`,
      'end other programs, or raise memory.max of the control group (docker: --memory)',
    );
};
