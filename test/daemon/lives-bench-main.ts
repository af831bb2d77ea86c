// Lives under load in the harness beside a C program that lives the same lives, in turns: lives per second and their ratio.
//
// Usage:  sh scripts/bench-self lives [ROUNDS]     throughput, within 15 %
//         sh scripts/bench-self lives leaks        10,000 lives: kernel slabs within 5 %, memory of the harness flat
// Needs:  root, a private mount namespace, a C compiler, EROFS from a file, overlayfs with data-only lowers, GNU cp and rm.
// Error:  other load on the machine affects both sides alike, because they take turns.
//
// Exit codes: 0 within the bounds, 1 not.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillLinkStore, linkStoresOf, linkTree, tarsOf } from '../../harness/backends/checkout.ts';
import { backend as erofsOverlay } from '../../harness/backends/erofs-overlay.ts';
import { bindMount } from '../../harness/backends/kernel-mount.ts';
import { probeImage } from '../../harness/erofs/probe-image.ts';
import { openSource } from '../../harness/images/registry.ts';
import type { Backend, Store } from '../../harness/model/backend.ts';
import type { Image } from '../../harness/model/image.ts';
import type { LivesResult } from '../../harness/model/lives.ts';
import type { Machine } from '../../harness/model/machine.ts';
import { medianOf } from '../../harness/model/repeated.ts';
import { serverPath } from '../../harness/native/paths.ts';
import { runLives } from '../../harness/runner/lives.ts';
import { prepareImage } from '../../harness/store/prepare.ts';
import { createStore } from '../../harness/store/store.ts';
import { findFeatures } from '../../harness/sys/features/find.ts';
import { createMachine } from '../../harness/sys/machine.ts';
import { firstFiles } from '../../scenarios/lives.ts';

const WORKERS = 2;
const ROUNDS = 7;
const MOST_APART = 0.15;
const LEAK_LIVES = 10_000;
const LEAK_PARTS = 10;
const MOST_SLAB_GROWTH = 0.05;
const LIVES = { 'erofs-overlay': 1000, 'cp -al': 60 } as const;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

interface LivesBench {
  readonly machine: Machine;
  readonly image: Image;
  readonly store: Store;
  readonly home: string;
}

/** The checkout of the C program: `cp -al` of a tree, a bind mount, `rm -rf`. */
const copyBackend = (tree: string): Backend => ({
  ...erofsOverlay,
  id: 'cp-al',
  async prepare(_image, machine) {
    return {
      async ingest() {},
      async create(_store, dir) {
        const root = join(dir, 'root');
        await machine.command('cp', ['cp', '-al', '-T', tree, root]);
        return {
          mount: async (at) => bindMount(machine, { folder: root, at }),
          destroy: () => machine.command('rm', ['rm', '-rf', root]),
        };
      },
      collect: async () => null,
    };
  },
});

let homes = 0;

const ours = async (bench: LivesBench, backend: Backend, lives: number): Promise<LivesResult> => {
  const { machine, image, store, home } = bench;
  const result = await runLives(
    {
      arm: { id: backend.id, backend, options: {} },
      ...{ machine, images: [image], store, scratch: home },
      home: join(home, `ours-${homes++}`),
      limitMs: () => 600_000,
    },
    {
      starts: [firstFiles(image.tree)],
      workers: WORKERS,
      order: Array.from({ length: lives }, () => 0),
      ...{ dueNs: null, mostLateNs: null, mostNs: 600e9 },
    },
  );
  if (result.failed.length > 0) throw new Error(`a life failed: ${result.failed[0]!.message}`);
  return result;
};

const compare = async (
  bench: LivesBench,
  name: keyof typeof LIVES,
  {
    backend,
    args,
    program,
    rounds,
  }: { backend: Backend; args: readonly string[]; program: string; rounds: number },
): Promise<boolean> => {
  const { image, home } = bench;
  const start = firstFiles(image.tree);
  const list = join(home, 'files');
  writeFileSync(list, 'files' in start ? start.files.map(({ path }) => `${path.slice(1)}\n`).join('') : '');
  const lives = LIVES[name];
  const rates: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = -1; round < rounds; round++) {
    const { elapsedNs } = await ours(bench, backend, lives);
    const folder = join(home, `theirs-${homes++}`);
    mkdirSync(folder);
    const kind = name === 'cp -al' ? 'checkout' : 'manifest';
    const given = [String(WORKERS), String(lives), kind, list, folder, ...args];
    const theirNs = Number(execFileSync(program, given, { encoding: 'utf8' }));
    // The first round is cold.
    if (round < 0) continue;
    rates.ours.push((1e9 * lives) / elapsedNs);
    rates.theirs.push((1e9 * lives) / theirNs);
  }
  const ratio = medianOf(rates.ours.map((rate, i) => rate / rates.theirs[i]!));
  const [mine, other] = [medianOf(rates.ours), medianOf(rates.theirs)].map((rate) => rate.toFixed(0));
  say(
    `${name.padEnd(16)} harness ${mine}/s, C ${other}/s, ratio ${ratio.toFixed(3)} (${rounds} rounds of ${lives} lives)`,
  );
  return Math.abs(ratio - 1) <= MOST_APART;
};

/** Slab caches of mounts and processes: other work on the machine changes the others. */
const OF_LIVES = ['mnt_cache', 'erofs_inode', 'ovl_inode', 'fuse_inode', 'task_struct', 'mm_struct'];

/** Slabs after each tenth of the lives, and the resident memory of this process. */
const leaks = async (bench: LivesBench): Promise<boolean> => {
  const readings: { slab: number; own: number }[] = [];
  for (let part = 0; part <= LEAK_PARTS; part++) {
    await ours(bench, erofsOverlay, LEAK_LIVES / LEAK_PARTS);
    bench.machine.files.syncfs(bench.home);
    globalThis.gc?.();
    const { slabObjectBytes, caches } = bench.machine.meters.kernelMemory();
    if (slabObjectBytes === null || caches === null) throw new Error('/proc/slabinfo cannot be read');
    readings.push({ slab: slabObjectBytes, own: process.memoryUsage().rss });
    say(OF_LIVES.map((name) => `${name} ${caches.get(name)?.objectCount ?? '-'}`).join(', '));
    say(
      `${(part * LEAK_LIVES) / LEAK_PARTS} lives: slab objects ${(slabObjectBytes / 1e6).toFixed(1)} MB, harness ${(readings.at(-1)!.own / 1e6).toFixed(1)} MB`,
    );
  }
  const [first, last] = [readings[0]!, readings.at(-1)!];
  const slope = (last.own - first.own) / LEAK_LIVES;
  say(
    `slabs ${(100 * (last.slab / first.slab - 1)).toFixed(1)} %, harness ${slope.toFixed(0)} bytes per life`,
  );
  return last.slab <= first.slab * (1 + MOST_SLAB_GROWTH) && last.own <= first.own * (1 + MOST_SLAB_GROWTH);
};

const throughput = async (bench: LivesBench, rounds: number): Promise<boolean> => {
  const { machine, image, store, home } = bench;
  const program = join(home, 'lives-under-load');
  const source = fileURLToPath(new URL('../../../test/fixtures/lives-under-load.c', import.meta.url));
  execFileSync('cc', ['-O2', '-o', program, source]);
  const manifest = join(home, 'manifest');
  writeFileSync(manifest, image.manifest);
  const tree = join(home, 'tree');
  await fillLinkStore(machine, image, linkStoresOf(store));
  await linkTree(machine, tarsOf(image), { linkStores: linkStoresOf(store), into: tree });
  const shared = { program, rounds };
  const manifests = { ...shared, backend: erofsOverlay, args: [manifest, store.objectDirs[0]!] };
  const checkouts = { ...shared, backend: copyBackend(tree), args: [tree] };
  const isClose = await compare(bench, 'erofs-overlay', manifests);
  return (await compare(bench, 'cp -al', checkouts)) && isClose;
};

const words = process.argv.slice(2);
const home = mkdtempSync('/var/tmp/cfsbench-lives-');
try {
  const features = await findFeatures({ workDir: home, imageBytes: probeImage(), serverPath });
  const machine = createMachine(features, { scratch: home });
  const store = createStore({ state: 'full', dir: join(home, 'full'), files: machine.files });
  const opened = await openSource('fixture:debian-12-static');
  const image = await prepareImage(opened, { dir: join(home, 'image'), objectDir: store.objectDirs[0]! });
  await opened.close();
  store.ingest(image);
  if (!existsSync(join(home, 'full', 'layers'))) mkdirSync(join(home, 'full', 'layers'));
  say(`${image.name}: ${image.tree.count} entries; ${WORKERS} workers`);
  const bench: LivesBench = { machine, image, store, home };
  const rounds = words.map(Number).find((value) => value > 0) ?? ROUNDS;
  const isFine = await (words.includes('leaks') ? leaks(bench) : throughput(bench, rounds));
  process.exitCode = isFine ? 0 : 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
