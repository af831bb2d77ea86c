// Benchmark of the FUSE server in every situation: warm and cold, one CPU and free, beside 0, 1 and 2 busy processes.
//
// Usage:  npm run bench:self -- matrix [ROUNDS] [warm|cold] [one|free] [SERVER…]   SERVER: another build of cfs-fuse
// Needs:  as self-bench-main.ts. The reference server is an arm where composefs-fuse is on PATH.
// Output: for each situation and arm the median over rounds of its time divided by that of EROFS + overlayfs, the same by the
//         reference, and CPU time of the server for each request.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { largeDump } from './large-dump.ts';
import {
  type BenchArm,
  type CpuChoice,
  client,
  dropCaches,
  erofs,
  file,
  full,
  fuse,
  home,
  image,
  type MountedArm,
  median,
  must,
  noacl,
  noxattr,
  objects,
  reference,
  requests,
  say,
  stats,
  timed,
} from './self-bench.ts';

const words = process.argv.slice(2).filter((word) => word !== 'matrix');
const ROUNDS = Number(words.find((word) => /^\d+$/.test(word)) ?? 9);
const others = words.filter((word) => word.includes('/'));
const asked = <T extends string>(all: readonly T[]): readonly T[] => {
  const some = all.filter((one) => words.some((word) => one.startsWith(word)));
  return some.length === 0 ? all : some;
};

const arms: readonly BenchArm[] = [
  erofs,
  ...reference,
  full,
  noacl,
  noxattr,
  ...others.map((path) => fuse(path.split('/').slice(-3).join('/'), [], false, path)),
];

/** CPU time of all threads of a process, nanoseconds. */
const cpuNs = (pid: number): number =>
  pid === 0
    ? 0
    : readdirSync(`/proc/${pid}/task`)
        .map((thread) =>
          Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]),
        )
        .reduce((sum, ns) => sum + ns, 0);

interface Measured {
  readonly ns: number;
  readonly serverNs: number;
}

const walk = (live: MountedArm, cpu: CpuChoice): Measured => {
  const before = cpuNs(live.pid);
  const ns = timed(['run', 'ls', '-lR', live.root], cpu);
  return { ns, serverNs: cpuNs(live.pid) - before };
};

type Cache = 'warm' | 'cold';

const measure = async (manifest: string, cache: Cache, cpu: CpuChoice): Promise<Measured[][]> => {
  const all = arms.map((): Measured[] => []);
  if (cache === 'warm') {
    const lives: MountedArm[] = [];
    for (const arm of arms) lives.push(await arm.mount(manifest, cpu));
    for (const live of lives) for (let i = 0; i < 2; i++) walk(live, cpu);
    for (let round = 0; round < ROUNDS; round++)
      for (const [i, live] of lives.entries()) all[i]!.push(walk(live, cpu));
    for (const live of lives) live.unmount();
    return all;
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, arm] of arms.entries()) {
      dropCaches();
      const live = await arm.mount(manifest, cpu);
      all[i]!.push(walk(live, cpu));
      live.unmount();
    }
  return all;
};

/** Requests of one walk by arm; 0 where the server does not count. */
const requestCounts = async (manifest: string, cache: Cache): Promise<readonly number[]> => {
  const counts: number[] = [];
  for (const arm of arms) {
    if (cache === 'cold') dropCaches();
    const live = await arm.mount(manifest, 'free', true);
    if (cache === 'warm') for (let i = 0; i < 2; i++) walk(live, 'free');
    const before = requests();
    walk(live, 'free');
    counts.push(requests() - before);
    live.unmount();
  }
  return counts;
};

const show = (all: readonly (readonly Measured[])[], counts: readonly number[]): void => {
  const ratio = (arm: number, base: number): string =>
    base < 0 ? '' : median(all[arm]!.map(({ ns }, round) => ns / all[base]![round]!.ns)).toFixed(2);
  const referenceAt = reference[0] === undefined ? -1 : arms.indexOf(reference[0]);
  arms.forEach((arm, i) => {
    const ms = (median(all[i]!.map(({ ns }) => ns)) / 1e6).toFixed(1).padStart(8);
    const serverNs = median(all[i]!.map((one) => one.serverNs));
    const each = counts[i] === 0 ? '' : `${(serverNs / 1000 / counts[i]!).toFixed(2)} us each`;
    say(
      `  ${arm.name.padEnd(24)}${ms} ms ${ratio(i, 0).padStart(6)} ${ratio(i, referenceAt).padStart(6)}   server ${(serverNs / 1e6).toFixed(1).padStart(6)} ms ${each}`,
    );
  });
};

const startBusy = (count: number): readonly ChildProcess[] =>
  Array.from({ length: count }, () => spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }));

try {
  must([
    'cc',
    '-O2',
    '-o',
    client,
    fileURLToPath(new URL('../../../test/fixtures/self-bench.c', import.meta.url)),
  ]);
  mkdirSync(objects);
  mkdirSync(join(home, 'empty'));
  file(stats, '');
  truncateSync(stats, 4096);
  const manifest = image('large.cfs', largeDump());
  say(
    `ls -lR, medians of ${ROUNDS} interleaved rounds: time, / EROFS + overlayfs, / reference, CPU time of the server`,
  );
  for (const cache of asked(['warm', 'cold'])) {
    const counts = await requestCounts(manifest, cache);
    for (const cpu of asked(['one CPU', 'free']))
      for (const busyCount of [0, 1, 2]) {
        const busy = startBusy(busyCount);
        try {
          const all = await measure(manifest, cache, cpu);
          say(`\n${cache}, ${cpu}, ${busyCount} busy`);
          show(all, counts);
        } finally {
          for (const child of busy) child.kill('SIGKILL');
          await Promise.all(busy.map((child) => once(child, 'exit')));
        }
      }
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
