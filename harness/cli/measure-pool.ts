// `cfsbench run --runs N`: one plan in several fresh runs, one after another, and one report of the pool.
//
// Each run has a process and a work folder of its own, so that memory layout, place on the disk and hour differ between runs.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { REPORT_FILE } from '../../report/formats/format.ts';
import { runFolderName } from '../../results/journal.ts';
import { loadPool } from '../../results/pool/load.ts';
import { readRun } from '../../results/read.ts';
import { INTERRUPTED, OUT_OF_TIME } from './exit-code.ts';
import type { TypedOptions } from './options.ts';
import { argumentsOf, PLAN_FILE, type PoolPlan, parsePoolPlan } from './pool-plan.ts';
import { profiles } from './profile.ts';
import { newSeed } from './resolve-options.ts';
import { refuseNonEmpty } from './work-folder.ts';

/** A run that measured nothing for one of these reasons: the next run would fail in the same way. */
const FATAL = [1, 4];
const WORST_FIRST = [INTERRUPTED, OUT_OF_TIME, 1, 5, 6, 4, 0];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export const runCountOf = ({ runs, profile }: TypedOptions): number =>
  runs ?? profiles.find(({ id }) => id === profile)?.runs ?? 1;

export const isPoolFolder = (folder: string): boolean => existsSync(join(folder, PLAN_FILE));

/** Runs that are still `running` or were `interrupted` are resumed; one that ran out of time or failed would do so again. */
const isFinished = (folder: string): boolean => {
  if (!existsSync(join(folder, 'run.json'))) return false;
  const { status } = readRun(folder);
  return status !== 'running' && status !== 'interrupted';
};

/**
 * In a process group of its own, so that a signal reaches the child once, through this process. The child ends when the channel
 * to this process closes.
 */
const startRun = (argv: readonly string[], cwd: string): { exit: Promise<number>; interrupt(): void } => {
  const child = spawn(process.execPath, [process.argv[1]!, ...argv], {
    cwd,
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    exit: new Promise((done, fail) => {
      child.once('error', fail);
      child.once('exit', (code) => done(code ?? INTERRUPTED));
    }),
    interrupt: () => void child.kill('SIGINT'),
  };
};

const measureAll = async (folder: string, plan: PoolPlan): Promise<number> => {
  const codes: number[] = [];
  let interrupted = false;
  let interruptRun = (): void => {};
  const onSignal = (): void => {
    interrupted = true;
    interruptRun();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    for (let number = 1; number <= plan.count && !interrupted; number++) {
      const runDir = join(folder, String(number));
      if (isFinished(runDir)) continue;
      process.stderr.write(`Run ${number} of ${plan.count}: ${runDir}\n`);
      const { exit, interrupt } = startRun(argumentsOf(folder, plan, number), plan.cwd);
      interruptRun = interrupt;
      const code = await exit;
      codes.push(code);
      if (FATAL.includes(code) && !isFinished(runDir)) break;
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
  if (interrupted) codes.push(INTERRUPTED);
  return WORST_FIRST.find((code) => codes.includes(code)) ?? codes[0] ?? 0;
};

const reportPool = async (folder: string, count: number): Promise<void> => {
  const runDirs = Array.from({ length: count }, (_, index) => join(folder, String(index + 1)));
  const finished = runDirs.filter(isFinished);
  if (finished.length < count)
    process.stderr.write(
      `${finished.length} of ${count} runs are finished. To run the others: cfsbench run --resume ${folder}\n`,
    );
  if (finished.length === 0) return;
  const { viewOf } = await import('../../report/load.ts');
  const { htmlOf } = await import('../../report/render.ts');
  const { printTable } = await import('./show-run.ts');
  const view = viewOf(await loadPool(finished, basename(folder)));
  writeFileSync(join(folder, REPORT_FILE), htmlOf(view));
  printTable(view, folder);
};

const measureAndReport = async (folder: string, plan: PoolPlan): Promise<number> => {
  const code = await measureAll(folder, plan);
  await reportPool(folder, plan.count);
  return code;
};

export const measurePool = (typed: TypedOptions, count: number): Promise<number> => {
  const seed = typed.seed ?? newSeed();
  const id = runFolderName(new Date().toISOString(), hostname(), seed);
  const folder = resolve(typed.out ?? join('runs', id));
  refuseNonEmpty(folder, isPoolFolder(folder));
  mkdirSync(folder, { recursive: true });
  const plan: PoolPlan = { count, seed, cwd: process.cwd(), typed };
  writeFileSync(join(folder, PLAN_FILE), `${JSON.stringify(plan, null, 2)}\n`);
  return measureAndReport(folder, plan);
};

export const resumePool = (given: string): Promise<number> => {
  const folder = resolve(given);
  const path = join(folder, PLAN_FILE);
  return measureAndReport(folder, parsePoolPlan(readFileSync(path, 'utf8'), path));
};
