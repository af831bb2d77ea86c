// Leaks of a slot: mounts, loop devices, processes and files that did not exist before it.
//
// Reads:   mountinfo, /sys/block/loop*/loop/backing_file, /proc/PID/stat, the folder's tree.
// Error:   a mount that was detached lazily and is still in use is in no list; its server, loop device or open file is.
// Cost:    grows with the files below the folder; never inside a window.
// Leaves:  nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fromBytes, show } from '../model/bytes.ts';
import { boundLoops } from './loop-device.ts';
import { isBelow, readMounts } from './mountinfo.ts';

export interface Snapshot {
  readonly mounts: ReadonlySet<string>;
  readonly loops: ReadonlySet<string>;
  readonly processes: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
}

const mountsBelow = (folder: string): string[] =>
  readMounts()
    .filter(({ at }) => isBelow(at, folder))
    .map(({ at, type }) => `mount: ${at} (${type})`);

const loopsBelow = (folder: string): string[] =>
  boundLoops()
    .filter(({ file }) => isBelow(file.replace(/ \(deleted\)$/, ''), folder))
    .map(({ device, file }) => `loop device: ${device} (${file})`);

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
    return null; // Exited since the listing.
  }
};

const allProcesses = (): Process[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(pid) ?? []);

/** In a private PID namespace all processes except its first and this one; elsewhere the descendants of this process. */
const otherProcesses = (wholeNamespace: boolean, ownChild: number | null): string[] => {
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
    .filter(
      ({ pid }) => pid !== process.pid && pid !== 1 && pid !== ownChild && (wholeNamespace || ours.has(pid)),
    )
    .map(({ pid, state, line }) => `process: ${pid} ${state === 'Z' ? '(zombie) ' : ''}${show(line)}`);
};

/** Does not enter mounts: they are listed as mounts. */
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

interface WatchedState {
  /** The folder whose contents are watched. */
  readonly folder: string;
  /** Whether the PID namespace contains only this process and a first process that waits. */
  readonly ownPidNamespace: boolean;
  /** A child process that is not a leak. */
  readonly ownChild?: number | null;
  /** Folders below which files may change, such as the store of the run. */
  readonly ignored?: readonly string[];
}

/** A snapshot of files only. */
export const snapshotFiles = (folder: string): Snapshot => ({
  mounts: new Set(),
  loops: new Set(),
  processes: new Set(),
  files: new Set(filesBelow(folder, new Set(readMounts().map(({ at }) => at)))),
});

export const takeSnapshot = ({
  folder,
  ownPidNamespace,
  ownChild = null,
  ignored = [],
}: WatchedState): Snapshot => {
  const mountPoints = new Set([...readMounts().map(({ at }) => at), ...ignored]);
  return {
    mounts: new Set(mountsBelow(folder)),
    loops: new Set(loopsBelow(folder)),
    processes: new Set(otherProcesses(ownPidNamespace, ownChild)),
    files: new Set(filesBelow(folder, mountPoints)),
  };
};

const KINDS = ['mounts', 'loops', 'processes', 'files'] as const;

/** Descriptions of everything in `after` that is not in `before`. */
export const diff = (before: Snapshot, after: Snapshot): string[] =>
  KINDS.flatMap((kind) => [...after[kind]].filter((item) => !before[kind].has(item)));
