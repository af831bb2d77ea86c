// `cfsbench run --runs N`: the same plan in several fresh runs, one after another, each in a process and a work folder of its own,
// and one report of all. What a run shares (its memory layout, its place on the disk, the hour) is drawn anew in each.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { runFolderName } from '../../results/journal.ts';
import { type LoadedPool, loadPool } from '../../results/pool/load.ts';
import { readRun } from '../../results/read.ts';
import { UserError } from '../model/errors.ts';
import { terminalColumns } from './columns.ts';
import type { TypedOptions } from './options.ts';
import { profiles } from './profile.ts';

const PLAN_FILE = 'runs.json';
/** Typed for all runs together, or said to each in its own words. */
const NOT_PASSED_ON = ['runs', 'out', 'seed', 'budget', 'resume'];
/** Where a run measured nothing for one of these, no other would fare better. */
const FATAL = [1, 4];
const WORST_FIRST = [130, 124, 1, 5, 6, 4, 0];

interface Planned {
  readonly count: number;
  readonly seed: string;
  readonly cwd: string;
  readonly typed: TypedOptions;
}

export const runsOf = ({ runs, profile }: TypedOptions): number =>
  runs ?? profiles.find(({ id }) => id === profile)?.runs ?? 1;

export const isSeveral = (folder: string): boolean => existsSync(join(folder, PLAN_FILE));

const optionWords = (typed: TypedOptions): readonly string[] =>
  Object.entries(typed)
    .filter(([name]) => !NOT_PASSED_ON.includes(name))
    .flatMap(([name, value]) => {
      const option = `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
      if (value === true) return [option];
      return value === false || value === undefined ? [] : [option, ...[value].flat().map(String)];
    });

const argvOf = (folder: string, { typed, seed, count }: Planned, number: number): readonly string[] => {
  const own = join(folder, String(number));
  if (existsSync(join(own, 'run.json'))) return ['run', '--resume', own];
  const budget =
    typed.budget === undefined ? [] : ['--budget', `${(typed.budget / 1e9 / count).toFixed(3)}s`];
  return [
    'run',
    ...optionWords(typed),
    ...budget,
    '--runs',
    '1',
    '--seed',
    `${seed}-${number}`,
    '--out',
    own,
  ];
};

/** `running` and `interrupted` ones are gone on with; what was out of time or failed would be so again. */
const isFinished = (folder: string): boolean => {
  if (!existsSync(join(folder, 'run.json'))) return false;
  const { status } = readRun(folder);
  return status !== 'running' && status !== 'interrupted';
};

/** In a process group of its own: a signal reaches it once, by way of this process. The channel tells it when this one is gone. */
const runOnce = (
  argv: readonly string[],
  cwd: string,
  onStart: (stop: () => void) => void,
): Promise<number> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [process.argv[1]!, ...argv], {
      cwd,
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    onStart(() => child.kill('SIGINT'));
    child.once('error', fail);
    child.once('exit', (code) => done(code ?? 130));
  });

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Stopping {
  isAsked(): boolean;
  /** What a signal is passed on to. */
  running(stop: () => void): void;
  end(): void;
}

const listen = (): Stopping => {
  let asked = false;
  let stop = (): void => {};
  const onSignal = (): void => {
    asked = true;
    stop();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    isAsked: () => asked,
    running(next) {
      stop = next;
    },
    end() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
};

const measureAll = async (folder: string, planned: Planned): Promise<number> => {
  const codes: number[] = [];
  const stopping = listen();
  try {
    for (let number = 1; number <= planned.count && !stopping.isAsked(); number++) {
      const own = join(folder, String(number));
      if (isFinished(own)) continue;
      process.stderr.write(`Run ${number} of ${planned.count}: ${own}\n`);
      const code = await runOnce(argvOf(folder, planned, number), planned.cwd, stopping.running);
      codes.push(code);
      if (FATAL.includes(code) && !isFinished(own)) break;
    }
  } finally {
    stopping.end();
  }
  if (stopping.isAsked()) codes.push(130);
  return WORST_FIRST.find((code) => codes.includes(code)) ?? codes[0] ?? 0;
};

const show = async (folder: string, pool: LoadedPool): Promise<void> => {
  const { viewOf } = await import('../../report/load.ts');
  const { REPORT_FILE, htmlOf } = await import('../../report/render.ts');
  const { terminalOf } = await import('../../report/terminal.ts');
  const view = viewOf(pool);
  const page = join(folder, REPORT_FILE);
  writeFileSync(page, htmlOf(view));
  const columns = terminalColumns();
  const { isTTY } = process.stdout;
  process.stdout.write(terminalOf(view, { columns, color: isTTY === true }));
  process.stdout.write(`\nResults: ${folder}\nPage:    ${page}\n`);
};

/** Of the runs that ended; without one there is nothing to show. */
const report = async (folder: string, count: number): Promise<void> => {
  const finished = Array.from({ length: count }, (_, index) => join(folder, String(index + 1))).filter(
    isFinished,
  );
  if (finished.length < count)
    process.stderr.write(
      `${finished.length} of ${count} runs are finished; the others: cfsbench run --resume ${folder}\n`,
    );
  if (finished.length > 0) await show(folder, await loadPool(finished, basename(folder)));
};

const goOn = async (folder: string, planned: Planned): Promise<number> => {
  const code = await measureAll(folder, planned);
  await report(folder, planned.count);
  return code;
};

export const measureSeveral = (typed: TypedOptions, count: number): Promise<number> => {
  const seed = typed.seed ?? String(process.pid * 7919 + (Date.now() % 1_000_000));
  const id = runFolderName(new Date().toISOString(), hostname(), seed);
  const folder = resolve(typed.out ?? join('runs', id));
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new UserError(`the result folder is not empty: ${folder}`, {
      facts: ['results are never overwritten'],
      hint: isSeveral(folder) ? `go on with its runs: --resume ${folder}` : `--out ${folder}-2`,
    });
  mkdirSync(folder, { recursive: true });
  const planned: Planned = { count, seed, cwd: process.cwd(), typed };
  writeFileSync(join(folder, PLAN_FILE), `${JSON.stringify(planned, null, 2)}\n`);
  return goOn(folder, planned);
};

export const resumeSeveral = (given: string): Promise<number> => {
  const folder = resolve(given);
  const path = join(folder, PLAN_FILE);
  let planned: Planned;
  try {
    planned = JSON.parse(readFileSync(path, 'utf8')) as Planned;
  } catch (error) {
    throw new UserError(`cannot resume ${given}: ${PLAN_FILE} cannot be read`, {
      facts: [error instanceof Error ? error.message : String(error)],
      hint: 'begin again: cfsbench run --runs N',
    });
  }
  return goOn(folder, planned);
};
