// What a slot left behind: mounts, loop devices, processes and files that were not there before it.
//
// Reads:   mountinfo, /sys/block/loop*/loop/backing_file, /proc/PID/stat, the folder's own tree.
// Error:   a detached mount that something pins is in no list; it shows as its server, its loop device or its open file.
// Cost:    grows with the files below the folder; never inside a window.
// Leaves:  nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fromBytes, show } from '../model/bytes.ts';
import { isBelow, readMounts } from './mountinfo.ts';

export interface Snapshot {
  /** A description of each thing. */
  readonly mounts: ReadonlySet<string>;
  readonly loops: ReadonlySet<string>;
  readonly processes: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
}

const mountsBelow = (folder: string): string[] =>
  readMounts()
    .filter(({ at }) => isBelow(at, folder))
    .map(({ at, type }) => `mount: ${at} (${type})`);

const loopsBelow = (folder: string): string[] => {
  const found: string[] = [];
  for (const name of existsSync('/sys/block') ? readdirSync('/sys/block') : []) {
    if (!name.startsWith('loop')) continue;
    try {
      const file = readFileSync(`/sys/block/${name}/loop/backing_file`, 'utf8').trimEnd();
      if (isBelow(file.replace(/ \(deleted\)$/, ''), folder))
        found.push(`loop device: /dev/${name} (${file})`);
    } catch {
      // Not bound to a file, or freed since the folder was listed.
    }
  }
  return found;
};

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly line: string;
}

const readProcess = (pid: string): Process | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const close = stat.lastIndexOf(')');
    const [state = '', parent = ''] = stat.slice(close + 2).split(' ');
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').join(' ').trim();
    const name = stat.slice(stat.indexOf('(') + 1, close);
    return { pid: Number(pid), parent: Number(parent), state, line: words === '' ? name : words };
  } catch {
    return null; // Ended since the folder was listed.
  }
};

const allProcesses = (): Process[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(pid) ?? []);

/** In a private PID namespace everything but its first process and this one; elsewhere our descendants. */
const strangers = (whole: boolean, ownChild: number | null): string[] => {
  const all = allProcesses();
  const ours = new Set([process.pid]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { pid, parent } of all)
      if (ours.has(parent) && !ours.has(pid)) {
        ours.add(pid);
        grew = true;
      }
  }
  return all
    .filter(({ pid }) => pid !== process.pid && pid !== 1 && pid !== ownChild && (whole || ours.has(pid)))
    .map(({ pid, state, line }) => `process: ${pid} ${state === 'Z' ? '(zombie) ' : ''}${show(line)}`);
};

/** Does not cross into mounts: they are named themselves. */
const filesBelow = (folder: string, mounted: ReadonlySet<string>): string[] => {
  const found: string[] = [];
  const walk = (path: Buffer): void => {
    for (const entry of readdirSync(path, { withFileTypes: true, encoding: 'buffer' })) {
      const below = Buffer.concat([path, Buffer.from('/'), entry.name]);
      found.push(`file: ${show(fromBytes(below))}`);
      if (entry.isDirectory() && !mounted.has(below.toString())) walk(below);
    }
  };
  if (existsSync(folder) && !mounted.has(folder)) walk(Buffer.from(folder));
  return found;
};

export interface Watched {
  /** Everything below it counts. */
  readonly folder: string;
  /** Whether this process is alone in its PID namespace but for a first process that only waits. */
  readonly ownPidNamespace: boolean;
  /** A process of this one's own that is no stranger. */
  readonly ownChild?: number | null;
  /** Folders below which files may come and go, the store of a whole run for instance. */
  readonly apart?: readonly string[];
}

/** Of files alone. */
export const snapshotFiles = (folder: string): Snapshot => ({
  mounts: new Set(),
  loops: new Set(),
  processes: new Set(),
  files: new Set(filesBelow(folder, new Set(readMounts().map(({ at }) => at)))),
});

export const takeSnapshot = ({ folder, ownPidNamespace, ownChild = null, apart = [] }: Watched): Snapshot => {
  const mountPoints = new Set([...readMounts().map(({ at }) => at), ...apart]);
  return {
    mounts: new Set(mountsBelow(folder)),
    loops: new Set(loopsBelow(folder)),
    processes: new Set(strangers(ownPidNamespace, ownChild)),
    files: new Set(filesBelow(folder, mountPoints)),
  };
};

const KINDS = ['mounts', 'loops', 'processes', 'files'] as const;

/** What is there now and was not before, named; empty when nothing was left. */
export const diff = (before: Snapshot, after: Snapshot): string[] =>
  KINDS.flatMap((kind) => [...after[kind]].filter((thing) => !before[kind].has(thing)));
