// Helpers of the end-to-end tests: the built program as a child process, folders on a disk, and what a run left behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type RunFile, type Sample, SCHEMA, type Slot } from '../../results/schema/run.ts';

export const PROGRAM = fileURLToPath(new URL('../../harness/cli/main.js', import.meta.url));
const STEP_MS = 3;
const LONGEST_STEP_MS = 20;

type Undo = () => void | Promise<void>;

/** A test, or anything else that undoes at its end what is registered here. */
export interface Owner {
  after(undo: Undo): void;
}

const undos = new WeakMap<Owner, Undo[]>();

/** In reverse order of registration: a folder is removed after the processes that write to it. The test runner's own order is the opposite. */
export const afterwards = (t: Owner, undo: Undo): void => {
  const known = undos.get(t);
  if (known !== undefined) {
    known.push(undo);
    return;
  }
  const list = [undo];
  undos.set(t, list);
  t.after(async () => {
    for (const last of list.reverse()) await last();
  });
};

/** Below /var/tmp: on many systems /tmp is in memory, which a run refuses. */
export const diskFolder = (t: Owner, prefix = 'cfsbench-e2e-'): string => {
  const path = mkdtempSync(join('/var/tmp', prefix));
  afterwards(t, () => rmSync(path, { recursive: true, force: true }));
  return path;
};

let state: string | null = null;

/** This process and its children use neither the state folder nor the cache folder of the user. */
export const ownState = (): void => {
  if (state !== null) return;
  const made = mkdtempSync(join(tmpdir(), 'cfsbench-state-'));
  state = made;
  process.env['XDG_STATE_HOME'] = made;
  process.env['XDG_CACHE_HOME'] = made;
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
};

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Finished>;
  /** Standard error so far. */
  stderr(): string;
}

/** The child is killed at the end of the test. */
export const start = (
  t: Owner,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running => {
  ownState();
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => {
    text.stdout += bytes.toString('latin1');
  });
  child.stderr.on('data', (bytes: Buffer) => {
    text.stderr += bytes.toString('latin1');
  });
  const done = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...text }));
  });
  afterwards(t, async () => {
    child.kill('SIGKILL');
    await done;
  });
  return { child, done, stderr: () => text.stderr };
};

export const startProgram = (t: Owner, args: readonly string[]): Running =>
  start(t, [process.execPath, PROGRAM, ...args]);

export const program = (t: Owner, args: readonly string[]): Promise<Finished> => startProgram(t, args).done;

export const readRun = (folder: string): RunFile => {
  const run = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunFile;
  if (run.schema !== SCHEMA) throw new Error(`schema ${run.schema}`);
  return run;
};

/** Complete lines in the journal of a running run. */
export const samplesSoFar = (folder: string): number => {
  const journal = join(folder, 'samples.ndjson');
  return existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0;
};

/** Of a running run. */
const lastSample = (folder: string): Sample | undefined => {
  const journal = join(folder, 'samples.ndjson');
  const line = existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').at(-2) : undefined;
  return line === undefined ? undefined : (JSON.parse(line) as Sample);
};

export const readSamples = (folder: string): Sample[] =>
  readFileSync(join(folder, 'samples.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Sample);

/** The slots that a whole run has a sample of: groups may have ended at a look. */
export const plannedOf = ({ plan }: RunFile): readonly Slot[] => {
  const ended = new Map(
    (plan.ended ?? []).map((group) => [`${group.scenario} ${group.image}`, group.blocks]),
  );
  return plan.slots.filter(
    ({ pass, scenario, image, block }) =>
      pass === 'count' || block < (ended.get(`${scenario} ${image}`) ?? Number.POSITIVE_INFINITY),
  );
};

export type OkSample = Extract<Sample, { outcome: 'ok' }>;

export const okSamples = (folder: string): OkSample[] =>
  readSamples(folder).filter((sample) => sample.outcome === 'ok');

export interface Process {
  readonly pid: number;
  readonly words: readonly string[];
}

/** All other processes with `text` in their command line. */
export const processesWith = (text: string): Process[] =>
  readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, 'latin1');
      return line.includes(text) ? [{ pid: Number(name), words: line.split('\0').slice(0, -1) }] : [];
    } catch {
      return []; // The process has ended.
    }
  });

const parentOf = (pid: number): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0; // The process has ended.
  }
};

/** Whether a process is a descendant of another one, and does not belong to other users of the machine. */
export const isBelow = (pid: number, ancestor: number): boolean => {
  for (let at = parentOf(pid); at > 0; at = parentOf(at)) if (at === ancestor) return true;
  return false;
};

/** Mount points below `folder` in the mount namespace of any process. */
const mountsAnywhere = (folder: string): string[] => {
  const found = new Set<string>();
  for (const name of readdirSync('/proc'))
    if (/^\d+$/.test(name))
      try {
        for (const line of readFileSync(`/proc/${name}/mountinfo`, 'latin1').split('\n'))
          if (line.split(' ')[4]?.startsWith(folder)) found.add(line);
      } catch {
        // The process has ended.
      }
  return [...found];
};

export const loopsBelow = (folder: string): string[] =>
  readdirSync('/sys/block').flatMap((name) => {
    try {
      const file = readFileSync(`/sys/block/${name}/loop/backing_file`, 'utf8').trimEnd();
      return file.startsWith(folder) ? [`/dev/${name}`] : [];
    } catch {
      return []; // No loop device, or a free one.
    }
  });

/** False if the process has ended. */
export const wasSent = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};

/** Processes, mounts and loop devices that a run below `folder` left. Files are not checked. */
export const leftOf = (folder: string): string[] => [
  ...processesWith(folder).map(({ pid, words }) => `process ${pid}: ${words.join(' ')}`),
  ...mountsAnywhere(folder).map((line) => `mount: ${line}`),
  ...loopsBelow(folder).map((device) => `loop device: ${device}`),
];

/** A moment of a run comes within seconds on a quiet machine; a run that hangs never reaches it. */
export const SEEN_LIMIT_MS = 300_000;

/**
 * Polls until `find` finds something; throws after the limit. Pauses as long as `find` took, within bounds: the run that is watched needs
 * the CPUs, and a moment may be short.
 */
export const eventually = async <T>(
  what: string,
  limitMs: number,
  find: () => T | undefined | false | null,
): Promise<T> => {
  const untilMs = performance.now() + limitMs;
  for (;;) {
    const fromMs = performance.now();
    const found = find();
    if (found !== undefined && found !== false && found !== null) return found;
    const nowMs = performance.now();
    if (nowMs > untilMs) throw new Error(`not seen within ${limitMs} ms: ${what}`);
    await sleep(Math.min(LONGEST_STEP_MS, Math.max(STEP_MS, nowMs - fromMs)));
  }
};

/** Complete blocks of a short run. */
export const FEW_BLOCKS = 2;
const FEW_BLOCKS_LIMIT_MS = 540_000;
const INTERRUPTED = 130;

/** Interrupts a run when it has `FEW_BLOCKS` complete blocks: it cannot be asked for so few. */
export const endAfterFewBlocks = async (run: Running, out: string): Promise<Finished> => {
  let isEnded = false;
  const isBeyond = (): boolean => {
    const last = lastSample(out);
    return last?.pass === 'time' && last.block >= FEW_BLOCKS;
  };
  void run.done.then(() => {
    isEnded = true;
  });
  await eventually(`${FEW_BLOCKS} blocks`, FEW_BLOCKS_LIMIT_MS, () => isEnded || isBeyond());
  run.child.kill('SIGINT');
  const finished = await run.done;
  if (finished.code !== INTERRUPTED) throw new Error(`exit code ${finished.code}: ${finished.stderr}`);
  return finished;
};

/** A run of which `FEW_BLOCKS` blocks are enough. */
export const runFewBlocks = (t: Owner, args: readonly string[], out: string): Promise<Finished> =>
  endAfterFewBlocks(startProgram(t, ['run', ...args, '--blocks', '8', '--budget', '15m', '--out', out]), out);

const GONE_LIMIT_MS = 30_000;

/** After an interrupt or a kill: the kernel frees loop devices a little later. */
export const untilNothingLeft = (folder: string): Promise<true> =>
  eventually(`nothing below ${folder}`, GONE_LIMIT_MS, () => leftOf(folder).length === 0).catch(() => {
    throw new Error(`left: ${leftOf(folder).join('\n')}`);
  });

/** The process of a run that measures in private namespaces. */
export const innerOf = (running: Running, folder: string): number | undefined =>
  processesWith(folder).find(
    ({ pid, words }) => pid !== running.child.pid && words[0] === process.execPath && words.includes(PROGRAM),
  )?.pid;
