// `cfsbench run --resume DIR`: the options of the interrupted run, and whether this process may continue it. Nothing is run, entered or
// written before the run's owner and machine are known; a refused resume changes no byte.

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isFileName, RUN_FILE, SAMPLES_FILE } from '../../results/journal.ts';
import { readRun, readSamples } from '../../results/read.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import type { Before } from '../runner/resume.ts';
import type { OpenFolder } from '../sys/folder-lock.ts';
import { lockRunFolder } from './hold-folders.ts';
import { recordedOptions, type TypedOptions } from './options.ts';
import { PRIVATE_FILE, type PrivateOptions, readPrivate } from './private-file.ts';
import { asRefusal } from './refusal.ts';
import { refuseOtherMachineEarly } from './same-machine.ts';
import { refuseForeign, refuseUntrusted } from './trust.ts';

const NEW_RUN = 'start a new run: cfsbench run';

const cannotResume = (runDir: string, why: string, facts: readonly string[] = []): UserError =>
  new UserError(`cannot resume ${visible(runDir)}: ${why}`, { facts, hint: NEW_RUN });

const askedOf = (run: RunFile, runDir: string): PrivateOptions => {
  const asked = readPrivate(runDir, run);
  if (asked === null) throw cannotResume(runDir, `it has no ${PRIVATE_FILE}, which records its options`);
  return asked;
};

/** The options of the earlier process, with those of this one that a resumed run takes. */
export const optionsAgain = (
  run: RunFile,
  runDir: string,
  { keepWork = false, work, allowParallel }: TypedOptions,
): TypedOptions => {
  const { dryRun: _, resume: __, ...options } = recordedOptions(askedOf(run, runDir).options);
  return {
    ...options,
    seed: run.plan.seed,
    out: runDir,
    keepWork,
    ...(work === undefined ? {} : { work: resolve(work) }),
    ...(allowParallel === true ? { allowParallel } : {}),
  };
};

/** Enters the working directory of the earlier process: its options contain relative paths. */
const enter = ({ cwd }: PrivateOptions, runDir: string): void => {
  try {
    process.chdir(cwd);
  } catch (error) {
    throw cannotResume(runDir, `its working directory ${visible(cwd)} is gone`, [(error as Error).message]);
  }
};

interface ResumedRun {
  readonly run: RunFile;
  readonly runDir: string;
  readonly typed: TypedOptions;
}

/** Asks whether to trust the run, and enters its working directory. */
const trusted = (run: RunFile, runDir: string, given: TypedOptions): ResumedRun => {
  const asked = askedOf(run, runDir);
  refuseUntrusted(
    { command: shellLine(['cfsbench', 'run', '--resume', given.resume!]), folder: runDir },
    asked,
    given,
  );
  const typed = optionsAgain(run, runDir, given);
  enter(asked, runDir);
  return { run, runDir, typed };
};

/** Where the work folder of a run is made again. */
export const workParentOf = (
  { cwd, options }: PrivateOptions,
  runDir: string,
  { work }: Pick<TypedOptions, 'work'> = {},
): string => {
  if (work !== undefined) return resolve(work);
  const recorded = options['work'];
  return typeof recorded === 'string' ? resolve(cwd, recorded) : dirname(runDir);
};

export interface LockedRun extends ResumedRun {
  readonly folder: OpenFolder;
}

/** Locks the run. Of a complete run nothing is executed. */
export const openResumed = async (given: TypedOptions): Promise<LockedRun> => {
  const runDir = resolve(given.resume!);
  if (!existsSync(runDir)) readRun(runDir); // Throws.
  const folder = await lockRunFolder(runDir);
  try {
    const question = { command: shellLine(['cfsbench', 'run', '--resume', given.resume!]), folder: runDir };
    refuseForeign(question, folder, [RUN_FILE, SAMPLES_FILE, PRIVATE_FILE]);
    const run = readRun(runDir);
    if (!isFileName(run.id))
      throw cannotResume(runDir, 'its id cannot be a part of a path', [`id: ${visible(run.id)}`]);
    if (run.status === 'complete') return { folder, run, runDir, typed: given };
    const asked = askedOf(run, runDir);
    refuseOtherMachineEarly({ run, runDir, doing: 'resume' }, workParentOf(asked, runDir, given));
    return { folder, ...trusted(run, runDir, given) };
  } catch (error) {
    folder.close();
    throw error;
  }
};

export const nextSession = (run: RunFile): number => (run.resumed?.length ?? 0) + 1;

const samplesBefore = (runDir: string): Before['samples'] => {
  try {
    return [...readSamples(runDir)];
  } catch (error) {
    throw asRefusal(error);
  }
};

export const readBefore = (run: RunFile, runDir: string, session: number): Before => ({
  session,
  samples: samplesBefore(runDir),
  slots: run.plan.slots,
  lives: run.plan.lives ?? null,
  dropped: run.plan.dropped,
});
