// What the FUSE server costs by itself, beside EROFS + overlayfs: interleaved rounds, medians, requests as the server counts them.
//
// Usage:  npm run bench:self [-- ROW…]   rows whose name contains a word; all of them without any
// Needs:  root, a private mount namespace around it, a C compiler, EROFS from a file; the large image from
//         CFSBENCH_FIXTURES, else a shipped one.
// Error:  others on the machine are in the times, not in the requests. One CPU: server and client are pinned to it.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { serverPath } from '../../harness/backends/server-path.ts';
import { imageBytes } from '../../harness/erofs/writer.ts';
import { parseDump } from '../../harness/images/dump-text.ts';
import { residency } from '../../harness/sys/residency.ts';
import { startServer } from '../../harness/sys/servers.ts';
import { dumpOf, line, root } from './dumps.ts';

const home = mkdtempSync('/var/tmp/cfsbench-self-');
const client = join(home, 'client');
const objects = join(home, 'objects');
const stats = join(home, 'stats');
const wanted = process.argv.slice(2);
const wants = (row: string): boolean => wanted.length === 0 || wanted.some((word) => row.includes(word));
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const uring = (() => {
  const parameter = '/sys/module/fuse/parameters/enable_uring';
  return existsSync(parameter) && readFileSync(parameter, 'latin1').startsWith('Y');
})();

const must = (argv: readonly string[], input = ''): string => {
  const ran = spawnSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8', input });
  if (ran.status !== 0) throw new Error(`${argv.join(' ')}: ${ran.stderr}`);
  return ran.stdout;
};

const file = (path: string, bytes: string | Uint8Array): string => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
};
const image = (name: string, dump: string): string =>
  file(join(home, name), imageBytes(parseDump(Buffer.from(dump, 'latin1'))));

const requests = (): number => {
  const bytes = readFileSync(stats);
  return [...Array(512).keys()].reduce((sum, i) => sum + Number(bytes.readBigUInt64LE(i * 8)), 0);
};

/** One CPU for server and client, or wherever the scheduler puts them. */
type Place = 'one CPU' | 'free';
const placed = (place: Place): readonly string[] => (place === 'free' ? [] : ['taskset', '-c', '0']);

interface Live {
  readonly root: string;
  readonly pid: number;
  end(): void;
}
interface Arm {
  readonly name: string;
  mount(manifest: string, place: Place): Promise<Live>;
}

let mountCount = 0;
const mountPoint = (): string => {
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

const erofs: Arm = {
  name: 'erofs+overlay',
  async mount(manifest) {
    const [lower, at] = [mountPoint(), mountPoint()];
    must(['mount', '-t', 'erofs', '-o', 'ro', manifest, lower]);
    overlayOn(lower, at);
    return { root: at, pid: 0, end: () => void must(['umount', at, lower]) };
  },
};

const fuse = (name: string, options: readonly string[], above = false): Arm => ({
  name,
  async mount(manifest, place) {
    const at = mountPoint();
    const argv = [...placed(place), serverPath, '--objects', objects, '--stats', stats, ...options];
    const child = spawn(argv[0] ?? '', [...argv.slice(1), '--ready-fd', '3', manifest, at], {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    });
    await new Promise((resolve) => child.stdio[3]?.once('data', resolve));
    if (above) overlayOn(at, at);
    return {
      root: at,
      pid: child.pid ?? 0,
      end: () => void must(above ? ['umount', at, at] : ['umount', at]),
    };
  },
});

const full = fuse('composefs-fuse', []);
const noxattr = fuse('-noxattr', ['--xattr', 'auto']);
const passthrough = fuse('-passthrough', ['--data', 'passthrough', '--strict']);
const layer = fuse('-overlay', ['--metadata-only'], true);
const overUring = uring
  ? [
      fuse('composefs-fuse uring', ['--transport', 'uring']),
      fuse('-noxattr uring', ['--xattr', 'auto', '--transport', 'uring']),
    ]
  : [];
if (!uring) say('io_uring: skipped, /sys/module/fuse/parameters/enable_uring is not Y');

const timed = (words: readonly string[], place: Place): number =>
  Number(must([...placed(place), client, ...words]));

interface Row {
  readonly title: string;
  readonly arms: readonly Arm[];
  readonly manifest: string;
  readonly rounds: number;
  readonly place: Place;
  readonly words: (live: Live) => readonly string[];
}

const show = (row: Row, timesNs: readonly number[][], counts: readonly number[][]): void => {
  say(`\n${row.title} (${row.place}, ${row.rounds} rounds)`);
  const base = timesNs[0] ?? [];
  row.arms.forEach((arm, i) => {
    const ratio = median((timesNs[i] ?? []).map((ns, round) => ns / (base[round] ?? Number.NaN)));
    const ms = (median(timesNs[i] ?? []) / 1e6).toFixed(2).padStart(9);
    say(
      `  ${arm.name.padEnd(22)}${ms} ms  x ${ratio.toFixed(2)}  ${arm === erofs ? '' : `${median(counts[i] ?? [])} requests, least ${Math.min(...(counts[i] ?? []))}`}`,
    );
  });
};

/** All arms are mounted at once and warmed; each round times each of them. */
const warm = async (row: Row): Promise<void> => {
  const lives: Live[] = [];
  for (const arm of row.arms) lives.push(await arm.mount(row.manifest, row.place));
  for (const live of lives) for (let i = 0; i < 2; i++) timed(row.words(live), row.place);
  const timesNs = row.arms.map((): number[] => []);
  const counts = row.arms.map((): number[] => []);
  for (let round = 0; round < row.rounds; round++)
    lives.forEach((live, i) => {
      const before = requests();
      timesNs[i]?.push(timed(row.words(live), row.place));
      counts[i]?.push(requests() - before);
    });
  for (const live of lives) live.end();
  show(row, timesNs, counts);
};

/** Caches are dropped before each mount; a server starts after that, so that its image is cold too. */
const cold = async (row: Row): Promise<void> => {
  const timesNs = row.arms.map((): number[] => []);
  const counts = row.arms.map((): number[] => []);
  for (let round = 0; round < row.rounds; round++)
    for (const [i, arm] of row.arms.entries()) {
      must(['sync']);
      writeFileSync('/proc/sys/vm/drop_caches', '3');
      must(['ls', '-lR', join(home, 'empty')]);
      const live = await arm.mount(row.manifest, row.place);
      const before = requests();
      timesNs[i]?.push(timed(row.words(live), row.place));
      counts[i]?.push(requests() - before);
      live.end();
    }
  show(row, timesNs, counts);
};

const largeDump = (): string => {
  const given = process.env['CFSBENCH_FIXTURES'];
  const paths = [
    ...(given === undefined ? [] : [join(given, 'cs9-x86_64-minimal.dump.gz')]),
    fileURLToPath(new URL('../../../fixtures/debian-12-base.dump.gz', import.meta.url)),
  ];
  const path = paths.find((one) => existsSync(one)) ?? '';
  say(`image: ${path.split('/').at(-1)}`);
  return gunzipSync(readFileSync(path)).toString('latin1');
};

const LS = ({ root: at }: Live): readonly string[] => ['run', 'ls', '-lR', at];

const walks = async (): Promise<void> => {
  const dump = largeDump();
  const manifest = image('large.cfs', dump);
  const bare = image(
    'bare.cfs',
    dump
      .split('\n')
      .map((one) => one.split(' ').slice(0, 11).join(' '))
      .join('\n'),
  );
  const arms = [erofs, full, noxattr];
  const shape = { arms, manifest, rounds: 7, place: 'one CPU' } as const;
  if (wants('warm')) {
    await warm({ ...shape, title: 'warm ls -lR', words: LS });
    await warm({ ...shape, title: 'warm ls -lR, image without attributes', manifest: bare, words: LS });
    await warm({ ...shape, title: 'warm find', words: (live) => ['run', 'find', live.root] });
    await warm({ ...shape, title: 'warm ls -R', words: (live) => ['run', 'ls', '-R', live.root] });
  }
  if (!wants('cold')) return;
  await cold({ ...shape, title: 'cold ls -lR', words: LS });
  await cold({ ...shape, title: 'cold ls -lR', arms: [...arms, ...overUring], place: 'free', words: LS });
};

const SMALL = 3000;
const small = async (): Promise<void> => {
  const names = Array.from({ length: SMALL }, (_, i) => `f${i}`);
  for (const name of names) file(join(objects, 's', name), `${name} `.repeat(100));
  const manifest = image(
    'small.cfs',
    dumpOf([
      root,
      ...names.map((name) =>
        line(`/${name}`, '100644', { size: (name.length + 1) * 100, payload: `s/${name}` }),
      ),
    ]),
  );
  const list = file(join(home, 'list'), names.join('\n'));
  await warm({
    title: `${SMALL} small files, warm xargs cat`,
    arms: [erofs, full, passthrough, layer],
    manifest,
    rounds: 7,
    place: 'one CPU',
    words: (live) => ['run', 'sh', '-c', `cd ${live.root} && exec xargs -a ${list} cat`],
  });
};

const BIG_BYTES = 100 << 20;
const big = async (): Promise<void> => {
  const object = file(join(objects, 'b/big'), Buffer.alloc(BIG_BYTES, 'big'));
  const manifest = image(
    'big.cfs',
    dumpOf([root, line('/big', '100644', { size: BIG_BYTES, payload: 'b/big' })]),
  );
  const arms = [erofs, full, passthrough, layer];
  for (const place of ['one CPU', 'free'] as const) {
    const rates = new Map<string, number[]>();
    const note = (name: string, ns: number): void =>
      void rates.set(name, [...(rates.get(name) ?? []), BIG_BYTES / (ns / 1e9) / 1e6]);
    for (let round = 0; round < 7; round++) {
      note('the object itself', timed(['read', object], place));
      for (const arm of arms) {
        const live = await arm.mount(manifest, place);
        note(arm.name, timed(['read', join(live.root, 'big')], place));
        live.end();
      }
    }
    say(`\n100 MiB, first read after the mount, object cached (${place}, 7 rounds)`);
    const base = median(rates.get('the object itself') ?? []);
    for (const [name, all] of rates)
      say(
        `  ${name.padEnd(22)}${median(all).toFixed(0).padStart(7)} MB/s  x ${(median(all) / base).toFixed(2)}`,
      );
  }
  say('\npages in the cache after two mounts read the same 25,600 pages');
  for (const arm of arms) {
    const lives = [await arm.mount(manifest, 'free'), await arm.mount(manifest, 'free')];
    const before = Number(/^Cached:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1]);
    for (const live of lives) timed(['read', join(live.root, 'big')], 'free');
    const after = Number(/^Cached:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1]);
    const own = residency(object).residentPages;
    say(`  ${arm.name.padEnd(22)}object ${own}, grown by ${Math.round((after - before) / 4)}`);
    for (const live of lives) live.end();
  }
};

/** KiB in /proc, bytes here. */
const residentBytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024;

const starts = async (): Promise<void> => {
  const manifest = existsSync(join(home, 'large.cfs'))
    ? join(home, 'large.cfs')
    : image('large.cfs', largeDump());
  say('');
  for (const [name, options] of [
    ['composefs-fuse', []],
    ['-noxattr', ['--xattr', 'auto']],
    ['-passthrough', ['--data', 'passthrough']],
  ] as const) {
    const times: number[] = [];
    const resident: number[] = [];
    for (let i = 0; i < 40; i++) {
      const at = mountPoint();
      const child = spawn(
        client,
        [
          'first',
          join(at, 'usr/bin'),
          serverPath,
          '--objects',
          objects,
          ...options,
          '--ready-fd',
          '3',
          manifest,
          at,
        ],
        { stdio: ['pipe', 'pipe', 'inherit'] },
      );
      const [ns, pid] = await new Promise<number[]>((resolve) =>
        child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().split(' ').map(Number))),
      );
      times.push(ns ?? Number.NaN);
      resident.push(residentBytes(pid ?? 0));
      must(['umount', at]);
      child.stdin.end('\n');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    const us = (median(times) / 1000).toFixed(0);
    say(
      `spawn to first stat, ${name}: ${us} us (least ${(Math.min(...times) / 1000).toFixed(0)}); resident ${(median(resident) / 1e6).toFixed(2)} MB idle, image ${(statSync(manifest).size / 1e6).toFixed(1)} MB`,
    );
  }
  const server = startServer({
    argv: [serverPath, '--control-fd', '{control}'],
    log: join(home, 'log'),
    limitMs: 5000,
  });
  const points = Array.from({ length: 200 }, mountPoint);
  const alone = residentBytes(server.pid);
  const times = points.map((at) => {
    const from = process.hrtime.bigint();
    const answer = server.sendCommand(['mount', manifest, at, '', objects]);
    if (answer !== 'ok') throw new Error(answer);
    return Number(process.hrtime.bigint() - from);
  });
  const each = (residentBytes(server.pid) - alone) / points.length;
  say(
    `a further mount in a shared server: ${(median(times) / 1000).toFixed(0)} us (least ${(Math.min(...times) / 1000).toFixed(0)}), ${(each / 1000).toFixed(1)} kB`,
  );
  for (const at of points) must(['umount', at]);
  server.close(5000);
};

const one = async (): Promise<void> => {
  const manifest = image('one.cfs', dumpOf([root, line('/f', '100644')]));
  const spun = fuse('composefs-fuse, no spin', ['--spin-us', '0']);
  const threads = fuse('composefs-fuse threads', ['--transport', 'threads']);
  const words = ({ root: at }: Live): readonly string[] => ['getxattr', join(at, 'f'), '5000'];
  const shape = { manifest, rounds: 7, words } as const;
  await warm({
    ...shape,
    title: '5000 requests (absent attribute)',
    arms: [erofs, full, ...overUring.slice(0, 1)],
    place: 'one CPU',
  });
  await warm({
    ...shape,
    title: '5000 requests (absent attribute)',
    arms: [erofs, full, spun, threads, ...overUring.slice(0, 1)],
    place: 'free',
  });
};

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
  if (wants('one')) await one();
  if (wants('warm') || wants('cold')) await walks();
  if (wants('small')) await small();
  if (wants('big')) await big();
  if (wants('start')) await starts();
} finally {
  rmSync(home, { recursive: true, force: true });
}
