// Arms, timing and output of the benchmark of the FUSE server.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { imageBytes } from '../../harness/erofs/writer.ts';
import { parseDump } from '../../harness/images/dump-text.ts';
import { serverPath } from '../../harness/native/paths.ts';
import { isMounted } from '../processes.ts';

export const home = mkdtempSync('/var/tmp/cfsbench-self-');
export const client = join(home, 'client');
export const objects = join(home, 'objects');
export const stats = join(home, 'stats');
const words = process.argv.slice(2);
export const wants = (row: string): boolean => words.length === 0 || words.some((word) => row.includes(word));
export const say = (text: string): void => void process.stdout.write(`${text}\n`);
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const uring = (() => {
  const parameter = '/sys/module/fuse/parameters/enable_uring';
  return existsSync(parameter) && readFileSync(parameter, 'latin1').startsWith('Y');
})();

export const must = (argv: readonly string[], input = ''): string => {
  const ran = spawnSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8', input });
  if (ran.status !== 0) throw new Error(`${argv.join(' ')}: ${ran.stderr}`);
  return ran.stdout;
};

export const file = (path: string, bytes: string | Uint8Array): string => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
};
export const image = (name: string, dump: string): string =>
  file(join(home, name), imageBytes(parseDump(Buffer.from(dump, 'latin1'))));

export const requests = (): number => {
  const bytes = readFileSync(stats);
  return [...Array(500).keys()].reduce((sum, i) => sum + Number(bytes.readBigUInt64LE(i * 8)), 0);
};

const onPath = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, name)));

/** Pin server and client to one CPU, or let the scheduler choose. */
export type CpuChoice = 'one CPU' | 'free';
const pinned = (cpu: CpuChoice): readonly string[] => (cpu === 'free' ? [] : ['taskset', '-c', '0']);

export interface MountedArm {
  readonly root: string;
  readonly pid: number;
  unmount(): void;
}
export interface BenchArm {
  readonly name: string;
  /** `counted`: the server counts requests, and never polls. */
  mount(manifest: string, cpu: CpuChoice, counted?: boolean): Promise<MountedArm>;
}

let mountCount = 0;
export const mountPoint = (): string => {
  const at = join(home, `m${mountCount++}`);
  mkdirSync(at);
  return at;
};

const overlayOn = (lower: string, at: string): void =>
  void must([
    'mount',
    '-t',
    'overlay',
    '-o',
    `ro,metacopy=on,redirect_dir=on,lowerdir=${lower}::${objects}`,
    'o',
    at,
  ]);

export const erofs: BenchArm = {
  name: 'erofs+overlay',
  async mount(manifest) {
    const [lower, at] = [mountPoint(), mountPoint()];
    must(['mount', '-t', 'erofs', '-o', 'ro', manifest, lower]);
    overlayOn(lower, at);
    return { root: at, pid: 0, unmount: () => void must(['umount', at, lower]) };
  },
};

export const fuse = (
  name: string,
  options: readonly string[],
  above = false,
  program = serverPath,
): BenchArm => ({
  name,
  async mount(manifest, cpu, counted = false) {
    const at = mountPoint();
    const counting = counted ? ['--stats', stats] : [];
    const argv = [...pinned(cpu), program, '--objects', objects, ...counting, ...options];
    const child = spawn(argv[0] ?? '', [...argv.slice(1), '--ready-fd', '3', manifest, at], {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    });
    await new Promise((resolve) => child.stdio[3]?.once('data', resolve));
    if (above) overlayOn(at, at);
    return {
      root: at,
      pid: child.pid ?? 0,
      unmount: () => void must(above ? ['umount', at, at] : ['umount', at]),
    };
  },
});

/** The composefs project's server, where it is installed. */
export const reference: readonly BenchArm[] = onPath('composefs-fuse')
  ? [
      {
        name: 'reference server',
        async mount(manifest, cpu) {
          const at = mountPoint();
          const source = `source=${manifest},basedir=${objects},allow_other`;
          const argv = [...pinned(cpu), 'composefs-fuse', '-f', '-o', source, at];
          const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] });
          while (!isMounted(at)) await new Promise((resolve) => setTimeout(resolve, 1));
          return { root: at, pid: child.pid ?? 0, unmount: () => void must(['umount', at]) };
        },
      },
    ]
  : [];

export const full = fuse('composefs-fuse', []);
export const noacl = fuse('-noacl', ['--xattr', 'no-acl']);
export const noxattr = fuse('-noxattr', ['--xattr', 'auto']);
export const passthrough = fuse('-passthrough', ['--data', 'passthrough', '--strict']);
export const layer = fuse('-overlay', ['--metadata-only'], true);
export const overUring = uring
  ? [
      fuse('composefs-fuse uring', ['--transport', 'uring']),
      fuse('-noxattr uring', ['--xattr', 'auto', '--transport', 'uring']),
    ]
  : [];
if (reference.length === 0) say('the reference server: skipped, composefs-fuse is not on PATH');
if (!uring) say('io_uring: skipped, /sys/module/fuse/parameters/enable_uring is not Y');

export const timed = (words: readonly string[], cpu: CpuChoice): number =>
  Number(must([...pinned(cpu), client, ...words]));

interface BenchRow {
  readonly title: string;
  readonly arms: readonly BenchArm[];
  readonly manifest: string;
  readonly rounds: number;
  readonly cpu: CpuChoice;
  readonly words: (live: MountedArm) => readonly string[];
}

const show = (row: BenchRow, timesNs: readonly number[][], counts: readonly number[]): void => {
  say(`\n${row.title} (${row.cpu}, ${row.rounds} rounds)`);
  const base = timesNs[0] ?? [];
  row.arms.forEach((arm, i) => {
    const ratio = median((timesNs[i] ?? []).map((ns, round) => ns / (base[round] ?? Number.NaN)));
    const ms = (median(timesNs[i] ?? []) / 1e6).toFixed(2).padStart(9);
    say(
      `  ${arm.name.padEnd(22)}${ms} ms  x ${ratio.toFixed(2)}  ${counts[i] === 0 ? '' : `${counts[i]} requests`}`,
    );
  });
};

export const dropCaches = (): void => {
  must(['sync']);
  writeFileSync('/proc/sys/vm/drop_caches', '3');
  must(['ls', '-lR', join(home, 'empty')]);
};

/** Requests of one more run, after `warmups` others. */
const countedRequests = async (arm: BenchArm, row: BenchRow, warmups: number): Promise<number> => {
  if (warmups === 0) dropCaches();
  const live = await arm.mount(row.manifest, row.cpu, true);
  for (let i = 0; i < warmups; i++) timed(row.words(live), row.cpu);
  const before = requests();
  timed(row.words(live), row.cpu);
  const count = requests() - before;
  live.unmount();
  return count;
};

/** Mounts and warms all arms, then times each of them in each round. */
export const warm = async (row: BenchRow): Promise<void> => {
  const lives: MountedArm[] = [];
  for (const arm of row.arms) lives.push(await arm.mount(row.manifest, row.cpu));
  for (const live of lives) for (let i = 0; i < 2; i++) timed(row.words(live), row.cpu);
  const timesNs = row.arms.map((): number[] => []);
  for (let round = 0; round < row.rounds; round++)
    for (const [i, live] of lives.entries()) timesNs[i]?.push(timed(row.words(live), row.cpu));
  for (const live of lives) live.unmount();
  const counts: number[] = [];
  for (const arm of row.arms) counts.push(await countedRequests(arm, row, 2));
  show(row, timesNs, counts);
};

/** Drops caches before each mount, so that a server's image is cold too. */
export const cold = async (row: BenchRow): Promise<void> => {
  const timesNs = row.arms.map((): number[] => []);
  for (let round = 0; round < row.rounds; round++)
    for (const [i, arm] of row.arms.entries()) {
      dropCaches();
      const live = await arm.mount(row.manifest, row.cpu);
      timesNs[i]?.push(timed(row.words(live), row.cpu));
      live.unmount();
    }
  const counts: number[] = [];
  for (const arm of row.arms) counts.push(await countedRequests(arm, row, 0));
  show(row, timesNs, counts);
};
