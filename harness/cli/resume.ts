// `cfsbench run --resume DIR`: the options of the interrupted run, and whether this machine may continue it.
import { dirname, resolve } from 'node:path';
import { readRun, readSamples } from '../../results/read.ts';
import type { Environment, RunFile } from '../../results/schema/run.ts';
import { UserError } from '../model/errors.ts';
import type { Before } from '../runner/resume.ts';
import { removeWorkFolder, workFolders } from './clean.ts';
import { recordedOptions, type TypedOptions } from './options.ts';
import type { RunFolders } from './work-folder.ts';

interface EarlierRun {
  readonly run: RunFile;
  readonly typed: TypedOptions;
}

const NEW_RUN = 'start a new run: cfsbench run';

/** Enters the working directory of the earlier process: its options contain relative paths. */
export const earlierRun = (folder: string, { keepWork = false }: TypedOptions): EarlierRun => {
  const runDir = resolve(folder);
  const run = readRun(runDir);
  if (run.asked === undefined)
    throw new UserError(`cannot resume ${folder}: run.json does not record its options`, { hint: NEW_RUN });
  try {
    process.chdir(run.asked.cwd);
  } catch (error) {
    throw new UserError(`cannot resume ${folder}: its working directory ${run.asked.cwd} is gone`, {
      facts: [error instanceof Error ? error.message : String(error)],
      hint: `create ${run.asked.cwd}, or ${NEW_RUN}`,
    });
  }
  const options = recordedOptions(run.asked.options);
  return { run, typed: { ...options, seed: run.plan.seed, out: runDir, keepWork } };
};

export const nextSession = (run: RunFile): number => (run.resumed?.length ?? 0) + 1;

/** Removes the work folder of the earlier process. */
export const clearWorkFolder = async ({ runDir, workDir }: RunFolders): Promise<void> => {
  const left = workFolders(dirname(workDir)).find(({ path }) => path === workDir);
  if (left === undefined) return;
  if (left.live)
    throw new UserError(`cannot resume ${runDir}: the run is still going on`, {
      facts: [`work folder: ${workDir}`],
      hint: 'wait for it to end, or interrupt it',
    });
  await removeWorkFolder(workDir);
};

export const readBefore = async (run: RunFile, runDir: string, session: number): Promise<Before> => {
  const samples = [];
  for await (const sample of readSamples(runDir)) samples.push(sample);
  return {
    session,
    samples,
    slots: run.plan.slots,
    lives: run.plan.lives ?? null,
    dropped: run.plan.dropped,
  };
};

const factsOf = (environment: Environment, commit: string | null): Readonly<Record<string, string>> => ({
  kernel: environment.kernel,
  architecture: environment.architecture,
  cpu: `${environment.cpuCount} x ${environment.cpuModel}`,
  memory: String(environment.memoryBytes),
  'file system': `${environment.workFileSystem.type} on ${environment.workFileSystem.device}`,
  privilege: environment.privilege,
  cfsbench: commit ?? 'unknown',
  ...environment.tools,
});

/** Everything that a sample depends on must be unchanged: the samples of a block are compared with each other. */
export const refuseOtherMachine = (
  { run, runDir }: { readonly run: RunFile; readonly runDir: string },
  environment: Environment,
  commit: string | null,
): void => {
  const before = factsOf(run.environment, run.cfsbench.commit);
  const now = factsOf(environment, commit);
  const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((key) => before[key] !== now[key])
    .map((key) => `${key}: was ${before[key] ?? 'absent'}, is ${now[key] ?? 'absent'}`);
  if (changed.length === 0) return;
  throw new UserError(`cannot resume ${runDir}: the machine or its programs have changed`, {
    exit: 4,
    facts: changed,
    hint: NEW_RUN,
  });
};
