// Benchmark of the FUSE server beside EROFS + overlayfs: interleaved rounds, medians, requests as counted by the server.
//
// Usage:  npm run bench:self [-- ROW…]   rows whose name contains a word; default: all rows
// Needs:  root, a private mount namespace, a C compiler, EROFS from a file; the large image from CFSBENCH_FIXTURES, else a
//         shipped one.
// Error:  other load on the machine changes times, but not request counts. One CPU: server and client are pinned to it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverPath } from '../../harness/native/paths.ts';
import { openLog } from '../../harness/sys/logs.ts';
import { residency } from '../../harness/sys/residency.ts';
import { startServer } from '../../harness/sys/servers.ts';
import { dumpOf, line, root } from './dumps.ts';
import { largeDump } from './large-dump.ts';
import {
  client,
  cold,
  erofs,
  file,
  full,
  fuse,
  home,
  image,
  layer,
  type MountedArm,
  median,
  mountPoint,
  must,
  noacl,
  noxattr,
  objects,
  overUring,
  passthrough,
  reference,
  say,
  stats,
  timed,
  wants,
  warm,
} from './self-bench.ts';

const LS = ({ root: at }: MountedArm): readonly string[] => ['run', 'ls', '-lR', at];

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
  const arms = [erofs, full, noacl, noxattr, ...reference];
  const shape = { arms, manifest, rounds: 7, cpu: 'one CPU' } as const;
  if (wants('warm')) {
    await warm({ ...shape, title: 'warm ls -lR', words: LS });
    await warm({ ...shape, title: 'warm ls -lR, image without attributes', manifest: bare, words: LS });
    await warm({ ...shape, title: 'warm find', words: (live) => ['run', 'find', live.root] });
    await warm({ ...shape, title: 'warm ls -R', words: (live) => ['run', 'ls', '-R', live.root] });
  }
  if (!wants('cold')) return;
  await cold({ ...shape, title: 'cold ls -lR', words: LS });
  await cold({ ...shape, title: 'cold ls -lR', arms: [...arms, ...overUring], cpu: 'free', words: LS });
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
    arms: [erofs, full, passthrough, layer, ...reference],
    manifest,
    rounds: 7,
    cpu: 'one CPU',
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
  const arms = [erofs, full, passthrough, layer, ...reference];
  for (const cpu of ['one CPU', 'free'] as const) {
    const rates = new Map<string, number[]>();
    const note = (name: string, ns: number): void =>
      void rates.set(name, [...(rates.get(name) ?? []), BIG_BYTES / (ns / 1e9) / 1e6]);
    for (let round = 0; round < 7; round++) {
      note('the object itself', timed(['read', object], cpu));
      for (const arm of arms) {
        const live = await arm.mount(manifest, cpu);
        note(arm.name, timed(['read', join(live.root, 'big')], cpu));
        live.unmount();
      }
    }
    say(`\n100 MiB, first read after the mount, object cached (${cpu}, 7 rounds)`);
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
    for (const live of lives) live.unmount();
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
    log: openLog(),
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
  const words = ({ root: at }: MountedArm): readonly string[] => ['getxattr', join(at, 'f'), '5000'];
  const shape = { manifest, rounds: 7, words } as const;
  await warm({
    ...shape,
    title: '5000 requests (absent attribute)',
    arms: [erofs, full, ...reference, ...overUring.slice(0, 1)],
    cpu: 'one CPU',
  });
  await warm({
    ...shape,
    title: '5000 requests (absent attribute)',
    arms: [erofs, full, spun, threads, ...reference, ...overUring.slice(0, 1)],
    cpu: 'free',
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
