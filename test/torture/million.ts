// A run on an image of a million files: build, proof, mount, walk, unmount, destroy. Its time, and the most memory of its processes.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { leftOf, PROGRAM, type Running, start } from '../end-to-end/support.ts';
import { group, type LongOptions, type LongResult } from './long-result.ts';
import { writeMillion } from './million-dump.ts';
import { allInRole, type Role } from './process-tree.ts';

const READING_MS = 500;
const MIB = 1 << 20;

const WATCHED = {
  measuring: 'the process that measures',
  walker: 'one that compares trees',
  server: 'a server',
} as const satisfies Partial<Record<Role, string>>;

type Watched = keyof typeof WATCHED;

/** The most that a process has had in memory so far; 0: it has ended. */
const peakBytes = (pid: number): number => {
  try {
    return (
      Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
    );
  } catch {
    return 0;
  }
};

const peaksUntilEnd = async ({ child, done }: Running): Promise<ReadonlyMap<Watched, number>> => {
  const peaks = new Map<Watched, number>();
  let isOver = false;
  void done.then(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const role of Object.keys(WATCHED) as Watched[])
      for (const { pid } of allInRole(child.pid!, role))
        peaks.set(role, Math.max(peaks.get(role) ?? 0, peakBytes(pid)));
    await sleep(READING_MS);
  }
  return peaks;
};

export const millionFiles = async ({ home, owner }: LongOptions): Promise<LongResult> => {
  const [out, dump] = [join(home, 'million'), join(home, 'dump')];
  writeMillion(dump);
  const startMs = Date.now();
  const running = start(owner, [
    ...[process.execPath, PROGRAM, 'run', '--out', out, '--images', `dump:${dump}`],
    ...['--scenarios', 'walk-warm', '--backends', 'headline'],
    ...['--count-only', '--count-passes', '1', '--budget', '6h'],
  ]);
  const peaks = await peaksUntilEnd(running);
  const { code, stderr } = await running.done;
  const seconds = (Date.now() - startMs) / 1000;
  const left = leftOf(home);
  const isWhole = code === 0 && left.length === 0 && existsSync(join(out, 'run.json'));
  const memory = [...peaks].map(([role, bytes]) => `${group(bytes / MIB)} MiB in ${WATCHED[role]}`);
  return {
    what: 'a million files: build, mount, compare trees, walk, destroy',
    amount: '1,000,000 files, 3 backends',
    found: `exit code ${code} after ${group(seconds)} s, at most ${memory.join(', ')}${isWhole ? '' : `: ${stderr.trim()} ${left.join('; ')}`}`,
    bound: 'exit code 0, nothing left',
    passes: isWhole,
  };
};
