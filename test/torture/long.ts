// Long runs: memory that must not grow, ten thousand mounts at once, an image of a million files.
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { probeNamespaces } from '../../harness/sys/namespace-probe.ts';
import { seededUniform } from '../../results/stats/seeded.ts';
import { leftOf, PROGRAM, type Running, samplesSoFar, start } from '../end-to-end/support.ts';
import { group, type LongOptions, type LongResult } from './long-result.ts';
import { type LimitedGroup, openLimitedGroup } from './memory-limit.ts';
import { millionFiles } from './million.ts';
import { inRole } from './process-tree.ts';
import { type Reading, slopeOf } from './slope.ts';
import { LONG_MARKERS, ORIGIN, tableIn, textMarkdown } from './table.ts';

const LIVES = fileURLToPath(new URL('./lives-main.js', import.meta.url));
const READING_MS = 5000;
/** Of kernel memory, because caches are dropped before: every minute. */
const KERNEL_EVERY = 12;
const MIB = 1 << 20;
const HOUR_SECONDS = 3600;
const MINUTE_SECONDS = 60;
/** Half a mebibyte per hour is 12 MiB a day. */
const SMALL_BYTES_PER_HOUR = MIB / 2;
const SMALL_MEMORY_BYTES = 400 * MIB;
const LARGE_MEMORY_BYTES = 8192 * MIB;
/** Caches fill before anything is in balance. */
const SETTLED_SHARE = 0.25;

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;

/** Growth that cannot be told from none, or is smaller than the bound. */
const growthResult = (
  what: string,
  amount: string,
  readings: readonly Reading[],
  boundPerHour: number,
): LongResult => {
  const settled = readings.filter(([at]) => at >= SETTLED_SHARE * readings.at(-1)![0]);
  const slope = slopeOf(settled, seededUniform(1));
  const [middle, low, high] = [slope.perSecond, slope.low, slope.high].map((one) => kib(one * HOUR_SECONDS));
  return {
    what,
    amount,
    found: `${middle} per hour (${low} to ${high}), at ${kib(settled.at(-1)![1])}`,
    bound: `no growth, or less than ${kib(boundPerHour)} per hour`,
    passes: slope.low <= 0 || slope.high * HOUR_SECONDS <= boundPerHour,
  };
};

const residentBytes = (pid: number): number =>
  Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;

interface ChurnReadings {
  readonly resident: Reading[];
  readonly kernel: Reading[];
}

/** While samples arrive: at its end a run writes all of its plan once more. */
const readUntilEnd = async (
  running: Running,
  journal: string,
  kernelBytes: () => number,
): Promise<ChurnReadings> => {
  const readings: ChurnReadings = { resident: [], kernel: [] };
  const startMs = Date.now();
  let journalBytes = 0;
  let isOver = false;
  void running.done.then(() => {
    isOver = true;
  });
  for (let number = 0; !isOver; number++) {
    await sleep(READING_MS);
    const at = (Date.now() - startMs) / 1000;
    try {
      const sizeBytes = statSync(journal).size;
      if (sizeBytes === journalBytes) continue;
      journalBytes = sizeBytes;
      const measuring = inRole(running.child.pid!, 'measuring');
      if (measuring !== undefined) readings.resident.push([at, residentBytes(measuring.pid)]);
      if (number % KERNEL_EVERY === 0) readings.kernel.push([at, kernelBytes()]);
    } catch {
      // No sample yet, or the process has ended.
    }
  }
  return readings;
};

/** Churn in a control group of little memory. */
const longChurn = async ({ minutes, home, owner }: LongOptions): Promise<readonly LongResult[]> => {
  const limited = openLimitedGroup(SMALL_MEMORY_BYTES);
  try {
    const out = join(home, 'churn');
    const running = start(owner, [
      ...[process.execPath, PROGRAM, 'run', '--scenarios', 'churn', '--out', out],
      ...['--images', 'synthetic:files=40,layers=2,seed=1', '--count-passes', '1'],
      ...['--blocks', String(100 * minutes), '--budget', `${minutes}m`],
    ]);
    limited.add(running.child.pid!);
    const { resident, kernel } = await readUntilEnd(
      running,
      join(out, 'samples.ndjson'),
      limited.kernelBytes,
    );
    const { code, stderr } = await running.done;
    const amount = `${minutes} min, ${group(samplesSoFar(out))} slots in ${SMALL_MEMORY_BYTES / MIB} MiB`;
    const isGood = [0, 124].includes(code ?? -1) && leftOf(home).length === 0;
    if (!isGood) throw new Error(`churn ended with ${code}: ${stderr}`);
    return [
      growthResult('churn: memory of the process that measures', amount, resident, SMALL_BYTES_PER_HOUR),
      growthResult('churn: kernel memory of the run, caches dropped', amount, kernel, SMALL_BYTES_PER_HOUR),
    ];
  } finally {
    limited.remove();
  }
};

/** Before anything is started that would stay outside. */
const JOIN_GROUP = ['sh', '-c', 'echo $$ >"$0/cgroup.procs" && exec "$@"'];

/** In private namespaces that end with this process, and behind a command. */
const startLives = async (
  { home, owner }: LongOptions,
  args: readonly string[],
  before: readonly string[] = [],
): Promise<Running> => {
  const found = await probeNamespaces();
  if (found.kind === 'refused') throw new Error(found.reason);
  const temporary = join(home, 'lives');
  mkdirSync(temporary, { recursive: true });
  return start(owner, [...before, ...found.prefix, process.execPath, LIVES, ...args], { TMPDIR: temporary });
};

interface ServerReading {
  readonly atSeconds: number;
  readonly serverBytes: number;
  readonly lifeCount: number;
}

const linesOf = async (running: Running): Promise<readonly string[]> => {
  const { code, stdout, stderr } = await running.done;
  if (code !== 0) throw new Error(`${running.child.spawnargs.join(' ')} ended with ${code}: ${stderr}`);
  return stdout.trimEnd().split('\n');
};

const longServer = async (options: LongOptions): Promise<readonly LongResult[]> => {
  const seconds = options.minutes * MINUTE_SECONDS;
  const lines = await linesOf(await startLives(options, ['lives', String(seconds)]));
  const readings = lines.map((line) => JSON.parse(line) as ServerReading);
  const amount = `${options.minutes} min, ${group(readings.at(-1)!.lifeCount)} mounts`;
  const series = readings.map(({ atSeconds, serverBytes }): Reading => [atSeconds, serverBytes]);
  return [growthResult('one server for all mounts: its memory', amount, series, SMALL_BYTES_PER_HOUR)];
};

const MOUNT_COUNT = 10_000;
/** Of a server that all mounts share: two for each. */
const OTHER_FILES = 200;

/** As many as the limit of open files allows. */
const mountCount = (): number => {
  const [, most = ''] =
    /^Max open files +\S+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
  return Math.min(MOUNT_COUNT, Math.floor((Number(most) - OTHER_FILES) / 2));
};
const MOST_LEFT_BYTES = 1024;

interface MountsReading {
  readonly leftCount: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly unmountMs: number;
  readonly kernelPerMountBytes: number;
  readonly kernelLeftPerMountBytes: number;
}

const mountsIn = async (
  options: LongOptions,
  { folder }: LimitedGroup,
  backend: string,
): Promise<MountsReading> => {
  const args = ['mounts', String(mountCount()), backend, folder];
  const [line = ''] = await linesOf(await startLives(options, args, [...JOIN_GROUP, folder]));
  return JSON.parse(line) as MountsReading;
};

const manyMounts = async (options: LongOptions, backend: string): Promise<LongResult> => {
  const limited = openLimitedGroup(LARGE_MEMORY_BYTES);
  const read = await mountsIn(options, limited, backend).finally(limited.remove);
  return {
    what: `live mounts: ${backend}`,
    amount: `${group(mountCount())} mounts`,
    found: `${read.firstMs.toFixed(2)} ms for each of the first hundred, ${read.lastMs.toFixed(2)} ms for each of the last, ${read.unmountMs.toFixed(2)} ms to unmount one; ${kib(read.kernelPerMountBytes)} of kernel memory per mount, of which ${kib(read.kernelLeftPerMountBytes)} remain; ${read.leftCount} mounts left`,
    bound: `less than ${kib(MOST_LEFT_BYTES)} of kernel memory per mount remain, no mount left`,
    passes: read.leftCount === 0 && read.kernelLeftPerMountBytes < MOST_LEFT_BYTES,
  };
};

type Part = (options: LongOptions) => Promise<readonly LongResult[]>;

/** By id; in the order of the table. */
const PARTS: Readonly<Record<string, Part>> = {
  'long-churn': longChurn,
  'long-server': longServer,
  'long-mounts-erofs': async (options) => [await manyMounts(options, 'erofs-overlay')],
  'long-mounts-fuse': async (options) => [await manyMounts(options, 'composefs-fuse-shared')],
  'long-million': async (options) => [await millionFiles(options)],
};

/** All of them. */
export const LONG = 'long';
export const LONG_IDS: readonly string[] = [LONG, ...Object.keys(PARTS)];

/** A part that could not be made is a result, too: the others take hours. */
const resultsOf = async (id: string, part: Part, options: LongOptions): Promise<readonly LongResult[]> => {
  try {
    return await part(options);
  } catch (error) {
    const found = (error as Error).message.trim();
    return [{ what: id, amount: 'not to its end', found, bound: 'no error', passes: false }];
  }
};

/** `only`: ids; those of no part are ignored. `onResult`: called after each part, so that a stop loses nothing. */
export const runLong = async (
  only: readonly string[],
  options: LongOptions,
  onResult: (result: LongResult) => void,
): Promise<readonly LongResult[]> => {
  const results: LongResult[] = [];
  for (const [id, part] of Object.entries(PARTS)) {
    if (!only.includes(LONG) && !only.includes(id)) continue;
    for (const result of await resultsOf(id, part, options)) {
      results.push(result);
      options.say(
        `${result.passes ? 'held' : 'BROKEN'}: ${result.what}: ${result.found} (${result.amount})\n`,
      );
      onResult(result);
    }
  }
  return results;
};

const HEAD = ['what', 'amount', 'found', 'bound', ORIGIN];
const cells = ({ what, amount, found, bound }: LongResult): readonly string[] => [what, amount, found, bound];

export const longText = (results: readonly LongResult[]): string =>
  results
    .map(
      (one) =>
        `${one.passes ? 'held  ' : 'BROKEN'} ${one.what}: ${one.found} (${one.amount}; ${one.bound})\n`,
    )
    .join('');

/** The rows of what was run take the place of the document's rows of the same name, and new ones follow. */
export const longMarkdown = (document: string, results: readonly LongResult[], origin: string): string => {
  const lines = [...tableIn(document, LONG_MARKERS), ...results.map((one) => [...cells(one), origin])];
  const byName = new Map(lines.map((line) => [line[0], line]));
  return textMarkdown(HEAD, [...byName.values()]);
};
