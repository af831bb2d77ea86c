// Benchmark of the harness's windows beside a C program that runs the same lives, in turns: medians and their ratio.
//
// Usage:  sh scripts/bench-self window [mounts|stores] [ROUNDS]
// Needs:  root, a private mount namespace, a C compiler, EROFS from a file, overlayfs with data-only lowers; the large
//         image from CFSBENCH_FIXTURES, else a shipped one. CFSBENCH_WINDOW=koffi measures the calls made one by one.
// Error:  other load on the machine affects both sides alike, because they take turns every few lives.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backend } from '../../harness/backends/erofs-overlay.ts';
import { probeImage } from '../../harness/erofs/probe-image.ts';
import { openSource } from '../../harness/images/registry.ts';
import type { Store } from '../../harness/model/backend.ts';
import type { Image } from '../../harness/model/image.ts';
import type { Machine } from '../../harness/model/machine.ts';
import { medianOf } from '../../harness/model/repeated.ts';
import type { Phase } from '../../harness/model/scenario.ts';
import { serverPath } from '../../harness/native/paths.ts';
import { probe } from '../../harness/probes/wall.ts';
import { prepareImage } from '../../harness/store/prepare.ts';
import { createStore } from '../../harness/store/store.ts';
import { findFeatures } from '../../harness/sys/features/find.ts';
import { createMachine } from '../../harness/sys/machine.ts';

const LIVES = 5;
/** Lives that are not counted, because the first ones of a process are colder. */
const COLD_LIVES = 3;
const ROUNDS = 24;
const STORE_LIVES = 2;
/** A store life takes a thousand times as long as a mount, so it gets fewer rounds. */
const ROUNDS_PER_STORES = 4;
const ASKS = 5;
const LARGE = 'cs9-x86_64-minimal.dump.gz';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const us = (ns: number): string => (ns / 1000).toFixed(1).padStart(10);

/** The tenth percentile, which other load disturbs least. */
const tenth = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 10)]!;

interface WindowBench {
  readonly machine: Machine;
  readonly image: Image;
  readonly full: Store;
  readonly home: string;
  readonly program: string;
}

/** Both sides' times by window. */
type SideTimes = ReadonlyMap<string, { readonly ours: number[]; readonly theirs: number[] }>;

const timesOf = (names: readonly string[]): SideTimes =>
  new Map(names.map((name) => [name, { ours: [], theirs: [] }]));

const runProgram = (
  bench: WindowBench,
  times: SideTimes,
  lives: number,
  cold: number,
  args: readonly string[],
): void => {
  const printed = execFileSync(bench.program, [String(lives + cold), ...args], { encoding: 'utf8' });
  for (const line of printed.trim().split('\n').slice(cold))
    line.split(' ').forEach((value, i) => {
      [...times.values()][i]!.theirs.push(Number(value));
    });
};

const show = (title: string, times: SideTimes): void => {
  say(
    `\n${title}${' '.repeat(Math.max(1, 34 - title.length))}harness us    C us  ratio  of the fastest tenths`,
  );
  for (const [name, { ours, theirs }] of times) {
    const [mine, other] = [medianOf(ours), medianOf(theirs)];
    const least = (tenth(ours) / tenth(theirs)).toFixed(2);
    const ratio = (mine / other).toFixed(2);
    say(`  ${name.padEnd(28)}${us(mine)}${us(other)}   ${ratio}  ${least}  (${ours.length} lives)`);
  }
};

/** Times a phase with the probe that runs use. */
const openPhases = async (machine: Machine) => {
  const one = async (name: Phase, work: () => Promise<unknown>): Promise<readonly [unknown, number]> => {
    const armed = await probe.arm!({ machine, slot: {} as never, scratch: '' });
    armed.start(name);
    const made = await work();
    armed.stop(name);
    const { values } = await armed.collect();
    return [made, values![`${name}WallNs`]!];
  };
  return one;
};

const sumsInto = (times: SideTimes, side: 'ours' | 'theirs'): void => {
  const mount = times.get('mount')![side];
  const unmount = times.get('unmount')![side];
  const sums = times.get('mount + unmount')![side];
  for (let i = sums.length; i < mount.length; i++) sums.push(mount[i]! + unmount[i]!);
};

const mounts = async (bench: WindowBench, rounds: number): Promise<void> => {
  const { machine, image, full, home } = bench;
  const times = timesOf(['create', 'mount', 'unmount', 'settle', 'destroy', 'mount + unmount']);
  const prepared = await backend.prepare(image, machine, {});
  const phase = await openPhases(machine);
  const [dir, at, manifest] = [join(home, 'dir'), join(home, 'at'), join(home, 'manifest')] as const;
  for (const folder of [dir, at]) mkdirSync(folder);
  writeFileSync(manifest, image.manifest);
  const life = async (keep: boolean): Promise<void> => {
    const took: number[] = [];
    const timed = async <T>(name: Phase, work: () => Promise<T>): Promise<T> => {
      const [made, ns] = await phase(name, work);
      took.push(ns);
      return made as T;
    };
    const created = await timed('create', () => prepared.create(full, dir));
    machine.files.syncfs(home);
    const mounted = await timed('mount', () => created.mount(at));
    await timed('unmount', () => mounted.unmount());
    await timed('settle', () => mounted.settle());
    machine.files.syncfs(home);
    await timed('destroy', () => created.destroy());
    if (keep)
      [...times.values()].slice(0, took.length).forEach(({ ours }, i) => {
        ours.push(took[i]!);
      });
  };
  for (let i = 0; i < LIVES; i++) await life(false);
  for (let round = 0; round < rounds; round++) {
    // After the other side's turn the first lives are cold here, too.
    for (let i = 0; i < COLD_LIVES; i++) await life(false);
    for (let i = 0; i < LIVES; i++) await life(true);
    runProgram(bench, times, LIVES, COLD_LIVES, ['mounts', manifest, full.objectDirs[0]!, dir, at]);
  }
  for (const side of ['ours', 'theirs'] as const) sumsInto(times, side);
  show('files local', times);
};

const stores = async (bench: WindowBench, rounds: number): Promise<void> => {
  const { machine, image, full, home } = bench;
  const list = join(home, 'list');
  writeFileSync(
    list,
    image.objects
      .map(({ digest, sizeBytes }, i) => `${digest} ${image.packOffsets[i]} ${sizeBytes}\n`)
      .join(''),
  );
  const phase = await openPhases(machine);
  let number = 0;
  const theirFull = join(home, 'their-full');
  mkdirSync(theirFull);
  const emptied = timesOf(['ingest', 'collect']);
  const asked = timesOf(['ingest', 'collect']);
  // The program gets a ready list of live objects: reading the list from the manifest is subtracted, and a separate row.
  const { batch } = machine.files;
  const collectBy = async (store: Store, keep: readonly Image[]): Promise<number> => {
    if (batch !== null && keep.length > 0)
      return batch.collect({ dirs: store.objectDirs, keep: [image.manifest], removesFolders: false }).markNs;
    store.collect(keep);
    return 0;
  };
  const life = async (store: Store, times: SideTimes | null, keep: readonly Image[]): Promise<void> => {
    const [, ingestNs] = await phase('ingest', async () => store.ingest(image));
    if (keep.length === 0) machine.files.syncfs(home);
    const [markNs, collectNs] = await phase('collect', () => collectBy(store, keep));
    if (keep.length === 0) machine.files.syncfs(home);
    if (times === null) return;
    const [ingest, collect] = [...times.values()];
    ingest!.ours.push(ingestNs);
    collect!.ours.push(collectNs - Number(markNs));
  };
  for (let round = 0; round < rounds; round++) {
    const folder = join(home, `theirs-${number}`);
    mkdirSync(folder);
    const theirs = () => runProgram(bench, emptied, STORE_LIVES, 0, ['store', image.packPath, list, folder]);
    // The first side of a round writes to blocks that were just freed.
    if (round % 2 === 1) theirs();
    for (let i = 0; i < STORE_LIVES; i++) {
      const dir = join(folder, `own-${number++}`);
      await life(createStore({ state: 'empty', dir, files: machine.files }), emptied, []);
    }
    if (round % 2 === 0) theirs();
    await life(full, null, [image]);
    for (let i = 0; i < ASKS; i++) await life(full, asked, [image]);
    runProgram(bench, asked, ASKS, 1, ['asks', image.packPath, list, theirFull]);
  }
  show('nothing local', emptied);
  show('files local, the store asked', asked);
  if (batch === null) return;
  const marks: number[] = [];
  for (let i = 0; i < ASKS; i++) {
    const work = { dirs: [], keep: [image.manifest], removesFolders: false };
    const [, ns] = await phase('collect', async () => batch.collect(work));
    marks.push(ns);
  }
  say(`  ${'marking'.padEnd(28)}${us(medianOf(marks))}`);
};

const given = process.env['CFSBENCH_FIXTURES'];
const large = given === undefined ? '' : join(given, LARGE);
const spec = existsSync(large) ? `dump:${large}` : 'fixture:debian-12-base';
const words = process.argv.slice(2);
const rounds = words.map(Number).find((value) => value > 0) ?? ROUNDS;
const wants = (part: string): boolean =>
  !words.some((word) => word === 'mounts' || word === 'stores') || words.includes(part);
const home = mkdtempSync('/var/tmp/cfsbench-window-');
try {
  const program = join(home, 'lives');
  const source = fileURLToPath(new URL('../../../test/fixtures/lives.c', import.meta.url));
  execFileSync('cc', ['-O2', '-o', program, source]);
  const features = await findFeatures({ workDir: home, imageBytes: probeImage(), serverPath });
  const machine = createMachine(features, { scratch: home });
  const full = createStore({ state: 'full', dir: join(home, 'full'), files: machine.files });
  const opened = await openSource(spec);
  const image = await prepareImage(opened, { dir: join(home, 'image'), objectDir: full.objectDirs[0]! });
  await opened.close();
  full.ingest(image);
  say(`${image.name}: ${image.tree.count} entries, ${image.objects.length} objects; ${machine.windowKind}`);
  const bench: WindowBench = { machine, image, full, home, program };
  if (wants('mounts')) await mounts(bench, rounds);
  if (wants('stores')) await stores(bench, Math.ceil(rounds / ROUNDS_PER_STORES));
} finally {
  rmSync(home, { recursive: true, force: true });
}
