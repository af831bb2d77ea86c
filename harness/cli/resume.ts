// `cfsbench run --resume DIR`: what the earlier process was asked, and whether this one may go on with it.
import { dirname, resolve } from 'node:path';
import { readRun, readSamples } from '../../results/read.ts';
import type { Environment, RunFile } from '../../results/schema/run.ts';
import { UserError } from '../model/errors.ts';
import type { Before } from '../runner/resume.ts';
import { removeWorkFolder, workFolders } from './clean.ts';
import type { TypedOptions } from './options.ts';
import type { RunFolders } from './work-folder.ts';

export interface Earlier {
  readonly run: RunFile;
  readonly typed: TypedOptions;
}

/** Enters the folder that the run was begun in: its options name files relative to it. */
export const earlierRun = (folder: string): Earlier => {
  const dir = resolve(folder);
  const run = readRun(dir);
  if (run.asked === undefined)
    throw new UserError('this run cannot be gone on with: it does not say what it was asked for', {
      facts: [dir],
      hint: 'begin a new run: cfsbench run',
    });
  try {
    process.chdir(run.asked.cwd);
  } catch (error) {
    throw new UserError(`the folder that the run was begun in is gone: ${run.asked.cwd}`, {
      facts: [error instanceof Error ? error.message : String(error)],
      hint: 'make it again, or begin a new run',
    });
  }
  const options = run.asked.options as unknown as TypedOptions;
  return { run, typed: { ...options, seed: run.plan.seed, out: dir } };
};

export const sessionAfter = (run: RunFile): number => (run.resumed?.length ?? 0) + 1;

/** What a killed process left on the work file system goes before its successor begins. */
export const clearWorkFolder = async ({ workDir }: RunFolders): Promise<void> => {
  const left = workFolders(dirname(workDir)).find(({ path }) => path === workDir);
  if (left === undefined) return;
  if (left.live)
    throw new UserError('the run is still going on', {
      facts: [`work folder: ${workDir}`],
      hint: 'wait for it, or interrupt it first',
    });
  await removeWorkFolder(workDir);
};

export const readBefore = async (run: RunFile, runDir: string, session: number): Promise<Before> => {
  const samples = [];
  for await (const sample of readSamples(runDir)) samples.push(sample);
  return { session, samples, slots: run.plan.slots, lives: run.plan.lives ?? null };
};

type Facts = Readonly<Record<string, string>>;

const factsOf = (environment: Environment, commit: string | null): Facts => ({
  kernel: environment.kernel,
  architecture: environment.architecture,
  cpu: `${environment.cpuCount} x ${environment.cpuModel}`,
  memory: String(environment.memoryBytes),
  'file system': `${environment.workFileSystem.type} on ${environment.workFileSystem.device}`,
  privilege: environment.privilege,
  cfsbench: commit ?? 'unknown',
  ...environment.tools,
});

/** A block is never split over machines: whatever a sample depends on must be as it was. */
export const refuseOtherMachine = (run: RunFile, environment: Environment, commit: string | null): void => {
  const before = factsOf(run.environment, run.cfsbench.commit);
  const now = factsOf(environment, commit);
  const unlike = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((key) => before[key] !== now[key])
    .map((key) => `${key}: ${before[key] ?? 'absent'} then, ${now[key] ?? 'absent'} now`);
  if (unlike.length === 0) return;
  throw new UserError('the run was begun on another machine, or this one has changed', {
    exit: 4,
    facts: unlike,
    hint: 'begin a new run: cfsbench run',
  });
};
