// `cfsbench run --runs N`: one plan in several fresh runs, one after another, and one report of the pool.
//
// Each run has a process and a work folder of its own, so that memory layout, place on the disk and hour differ between runs.

import { existsSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { REPORT_FILE } from '../../report/formats/format.ts';
import { readRegular } from '../../results/files.ts';
import { runFolderName } from '../../results/journal.ts';
import { readRun, readSamples } from '../../results/read.ts';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { replaceFile } from '../../results/write-file.ts';
import type { OpenFolder } from '../sys/folder-lock.ts';
import { INTERRUPTED_EXIT, onInterrupt } from '../sys/interrupts.ts';
import { runChild } from './child-run.ts';
import { poolExitCode, recordedExitCode, worstOf } from './exit-code.ts';
import { isFinished, linkLatest } from './find-run.ts';
import { giveResultsBack, lockRunFolder, makeRunFolder } from './hold-folders.ts';
import { publishedHost } from './host.ts';
import { holdMachine } from './one-run.ts';
import type { TypedOptions } from './options.ts';
import { argumentsOf, PLAN_FILE, type PoolPlan, type PoolResumeOptions, parsePoolPlan } from './pool-plan.ts';
import { PRIVATE_MODE } from './private-file.ts';
import { profiles } from './profile.ts';
import { newSeed } from './resolve-options.ts';
import { RUNS } from './runs-folder.ts';
import { refuseForeign, refuseUntrusted } from './trust.ts';

/** A run that measured nothing for one of these reasons: the next run would fail in the same way. */
const FATAL = [1, 4];
const MOST_PLAN_BYTES = 1024 * 1024;

export const runCountOf = ({ runs, profile }: TypedOptions): number =>
  runs ?? profiles.find(({ id }) => id === profile)?.runs ?? 1;

export const isPoolFolder = (folder: string): boolean => existsSync(join(folder, PLAN_FILE));

interface OpenPool {
  readonly folder: string;
  readonly lock: OpenFolder;
  readonly plan: PoolPlan;
  /** The argument of --resume. */
  readonly given: PoolResumeOptions;
}

const exitCodeOf = (runDir: string, { typed }: PoolPlan): number =>
  recordedExitCode(readRun(runDir), readSamples(runDir), typed.strict === true);

interface MeasuredPool {
  /** Of the runs that were started now. */
  readonly code: number;
  /** Runs that had ended before. */
  readonly before: readonly string[];
}

const measureAll = async ({ folder, lock, plan, given }: OpenPool): Promise<MeasuredPool> => {
  const [codes, before]: [number[], string[]] = [[], []];
  for (let number = 1; number <= plan.count; number++) {
    const runDir = join(folder, String(number));
    if (isFinished(runDir)) {
      before.push(runDir);
      continue;
    }
    process.stderr.write(`Run ${number} of ${plan.count}: ${visible(runDir)}\n`);
    // A pool is in use until its last run has ended.
    const code = await runChild(argumentsOf(folder, plan, number, given), plan.cwd, lock.fd);
    codes.push(code);
    if (code === INTERRUPTED_EXIT || (FATAL.includes(code) && !isFinished(runDir))) break;
  }
  return { code: worstOf(codes), before };
};

const runDirsOf = (folder: string, { count }: PoolPlan): readonly string[] =>
  Array.from({ length: count }, (_, index) => join(folder, String(index + 1)));

const hasRun = (folder: string, plan: PoolPlan): boolean =>
  runDirsOf(folder, plan).some((runDir) => existsSync(runDir));

const sayHowToReport = (finished: readonly string[]): void => {
  process.stderr.write(
    `To report the finished runs: ${visible(shellLine(['cfsbench', 'pool', ...finished]))}\n`,
  );
};

/** Returns the exit code of the report. */
const renderPool = async (folder: string, finished: readonly string[]): Promise<number> => {
  const { loadPool } = await import('../../results/pool/load.ts');
  const { viewOf } = await import('../../report/load.ts');
  const { brokenRules, htmlOf } = await import('../../report/render.ts');
  const { printTable, printPlaces } = await import('./show-run.ts');
  const loaded = await loadPool(finished, basename(folder));
  const view = viewOf(loaded);
  replaceFile(join(folder, REPORT_FILE), htmlOf(view));
  linkLatest(folder);
  printTable(view);
  printPlaces(folder);
  return poolExitCode(brokenRules(view), { missing: 0, status: loaded.run.status });
};

/** An interrupted pool ends at once: its report is rendered by another command. Returns the exit code of the report and of earlier runs. */
const reportPool = async (
  { folder, plan, lock }: OpenPool,
  { code, before }: MeasuredPool,
): Promise<number> => {
  const { count } = plan;
  const finished = runDirsOf(folder, plan).filter(isFinished);
  if (finished.length < count)
    process.stderr.write(
      `${finished.length} of ${count} runs are finished. To run the others: ${visible(shellLine(['cfsbench', 'run', '--resume', folder]))}\n`,
    );
  if (finished.length === 0) return 0;
  if (code === INTERRUPTED_EXIT) {
    sayHowToReport(finished);
    return 0;
  }
  const forget = onInterrupt(() => {
    sayHowToReport(finished);
    giveResultsBack(lock);
    process.exit(INTERRUPTED_EXIT);
  });
  try {
    const reported = await renderPool(folder, finished);
    return worstOf([reported, ...before.map((runDir) => exitCodeOf(runDir, plan))]);
  } finally {
    forget();
  }
};

const measureAndReport = async (pool: OpenPool): Promise<number> => {
  const { folder, plan, given } = pool;
  const isAllowed = (given.allowParallel ?? plan.typed.allowParallel) === true;
  const machine = await holdMachine(folder, { startedAt: new Date(), isAllowed });
  const measured = await measureAll(pool).finally(machine.close);
  try {
    if (!hasRun(folder, plan)) return measured.code;
    return worstOf([measured.code, await reportPool(pool, measured)]);
  } finally {
    giveResultsBack(pool.lock);
  }
};

export const measurePool = async (typed: TypedOptions, count: number): Promise<number> => {
  const seed = typed.seed ?? newSeed();
  const id = runFolderName(new Date().toISOString(), publishedHost(typed), seed);
  const folder = resolve(typed.out ?? join(RUNS, id));
  const { folder: lock, close } = await makeRunFolder(folder);
  const plan: PoolPlan = { count, seed, cwd: process.cwd(), typed };
  const path = join(folder, PLAN_FILE);
  try {
    replaceFile(path, `${JSON.stringify(plan, null, 2)}\n`, PRIVATE_MODE);
    return await measureAndReport({ folder, lock, plan, given: {} });
  } finally {
    // A refused pool leaves no folder.
    if (!hasRun(folder, plan)) rmSync(path, { force: true });
    close();
  }
};

/** Nothing is run before the owner of the pool is known. */
export const resumePool = async (given: TypedOptions): Promise<number> => {
  const folder = resolve(given.resume!);
  const lock = await lockRunFolder(folder);
  try {
    const question = { command: shellLine(['cfsbench', 'run', '--resume', given.resume!]), folder };
    refuseForeign(question, lock, [PLAN_FILE]);
    const path = join(folder, PLAN_FILE);
    const text = readRegular(path, { mostBytes: MOST_PLAN_BYTES }).toString();
    const plan = parsePoolPlan(text, path);
    refuseUntrusted(question, { cwd: plan.cwd, options: { ...plan.typed } }, given);
    return await measureAndReport({ folder, lock, plan, given });
  } finally {
    lock.close();
  }
};
