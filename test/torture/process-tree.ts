// The processes of a run, by what they do.
//
// Reads:  /proc/PID/task/TID/children (CONFIG_PROC_CHILDREN), cmdline, status.
import { readFileSync } from 'node:fs';
import type { Random } from '../../harness/model/random.ts';
import { PROGRAM } from '../end-to-end/support.ts';
import { childrenOf } from '../processes.ts';

export interface TreeProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  /** Its ids in all PID namespaces that it belongs to, from ours inwards. */
  readonly ids: readonly number[];
}

/** A process that ends meanwhile has no children. */
const orNone = <T>(read: () => readonly T[]): readonly T[] => {
  try {
    return read();
  } catch {
    return [];
  }
};

const describeProcess = (pid: number): readonly TreeProcess[] =>
  orNone(() => {
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').slice(0, -1);
    const ids = /^NSpid:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '';
    return [{ pid, argv, ids: ids.trim().split(/\s+/).map(Number) }];
  });

/** A process and all its descendants. */
const treeOf = (pid: number): readonly TreeProcess[] => [
  ...describeProcess(pid),
  ...orNone(() => childrenOf(pid)).flatMap(treeOf),
];

const programName = ({ argv }: TreeProcess): string => argv[0]?.split('/').at(-1) ?? '';

const named =
  (name: string) =>
  (one: TreeProcess): boolean =>
    programName(one) === name;

/** What a process of a run does, by the tree's first process. */
const ROLES = {
  outer: ({ pid }, root) => pid === root,
  // With the program as an argument: features are tried in namespaces, too.
  unshare: (one) => programName(one) === 'unshare' && one.argv.includes(PROGRAM),
  init: ({ ids, argv }) => ids.length > 1 && ids.at(-1) === 1 && argv.includes(PROGRAM),
  // A child between fork and exec still has the arguments of its parent; those of the outer process are in no inner namespace.
  measuring: (one) => one.ids.length > 1 && one.argv.includes(PROGRAM) && programName(one) === 'node',
  inspector: ({ argv }) => argv.some((word) => word.endsWith('/inspect/main.js')),
  walker: ({ argv }) => argv.some((word) => word.endsWith('/digest/walk-main.js')),
  server: named('cfs-fuse'),
  tar: named('tar'),
  rm: named('rm'),
  ls: named('ls'),
} as const satisfies Record<string, (one: TreeProcess, root: number) => boolean>;

export type Role = keyof typeof ROLES;

export const anyOf = (root: number, random: Random): TreeProcess | undefined => {
  const all = treeOf(root);
  return all[random.int(0, all.length - 1)];
};

export const allInRole = (root: number, role: Role): readonly TreeProcess[] =>
  treeOf(root).filter((one) => ROLES[role](one, root));

export const inRole = (root: number, role: Role): TreeProcess | undefined => allInRole(root, role)[0];

const stateOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0]!;
  } catch {
    return 'Z'; // It has been reaped.
  }
};

export const send = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // It has ended.
  }
};

/** False if the process ends by itself: what is stopped and then killed has surely died of the kill. */
export const stopSurely = (pid: number): boolean => {
  if (!send(pid, 'SIGSTOP')) return false;
  while (stateOf(pid) !== 'T') if (['Z', 'X'].includes(stateOf(pid))) return false;
  return true;
};

const waitsFor = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/wchan`, 'latin1');
  } catch {
    return 'it has ended';
  }
};

/** A line for each process of a run: its state, what it waits for in the kernel, its arguments. */
export const describeTree = (root: number): string =>
  treeOf(root)
    .map(({ pid, argv }) => `${pid} ${stateOf(pid)} ${waitsFor(pid)}: ${argv.join(' ')}\n`)
    .join('');
