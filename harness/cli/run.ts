// `cfsbench run`, the outer process: finds out what the machine can do, and starts the inner process in private namespaces.
import { readRun } from '../../results/read.ts';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import { UserError } from '../model/errors.ts';
import type { Features } from '../model/machine.ts';
import type { Arm } from '../runner/arm.ts';
import { interruptAtClosedOutput } from '../sys/closed-output.ts';
import { HEAP_ENVIRONMENT, HEAP_OPTIONS } from '../sys/garbage.ts';
import { interrupt, interruptedError, onInterrupt } from '../sys/interrupts.ts';
import { startInNamespace } from '../sys/namespace.ts';
import { requirePrograms } from '../sys/required-programs.ts';
import { refuseWithoutRoom } from '../sys/room.ts';
import { type Attended, attend } from './attend.ts';
import { firstUnmet } from './check-needs.ts';
import { discoverFeatures } from './discover.ts';
import { clearLine, endRun } from './end-run.ts';
import { reportExitCode } from './exit-code.ts';
import { HANDOVER, type Handover, INSPECT } from './handover.ts';
import { giveResultsBack, type HeldFolders, holdFolders } from './hold-folders.ts';
import { holdMachine } from './one-run.ts';
import type { ResolvedOptions, TypedOptions } from './options.ts';
import type { PrivateOptions } from './private-file.ts';
import { readyLimitNs, resolveOptions } from './resolve-options.ts';
import { type LockedRun, nextSession, openResumed, optionsAgain } from './resume.ts';
import { chooseFolders, foldersOf, type RunFolders } from './work-folder.ts';

/** Threads of libuv's pool: calls that only wait, such as the removal of loop devices, are made side by side. */
const POOL_THREADS = '32';

const refuseWithoutBackend = (arms: readonly Arm[], features: Features): void => {
  const reasons = arms.map(({ id, backend }) => {
    const unmet = firstUnmet(backend.needs, features);
    return unmet === null ? null : `${id}: ${unmet.title}: ${unmet.detail}`;
  });
  if (reasons.some((reason) => reason === null)) return;
  throw new UserError('none of the chosen backends can run here', {
    exit: 4,
    facts: reasons.filter((reason) => reason !== null),
    hint: 'cfsbench doctor',
  });
};

/** A run that is part of a pool stops, and keeps its samples, when the process that started it has ended. */
const stopWithParent = (): void => {
  if (process.channel === undefined) return;
  process.channel.unref();
  process.once('disconnect', interrupt);
};

const sayInterrupted = (): void => {
  clearLine();
  process.stderr.write('interrupted: the samples so far are kept; a second interrupt ends the run at once\n');
};

const inspectOption = (): readonly string[] => {
  const address = process.env[INSPECT];
  return address === undefined || address === '' ? [] : [`--inspect-brk=${address}`];
};

const foldersFor = (
  { folders, host, seed }: ResolvedOptions,
  startedAt: Date,
  resumed: LockedRun | null,
): RunFolders =>
  resumed === null
    ? chooseFolders(folders, startedAt, { host, seed })
    : foldersOf(resumed.run.id, resumed.runDir, folders.workDir);

/** An interrupt does not end this process at once: the work folder is removed first. */
const findFeatures = async ({ selection }: ResolvedOptions, { work }: HeldFolders): Promise<Features> => {
  let isInterrupted = false;
  const forget = onInterrupt(() => {
    isInterrupted = true;
  });
  const features = await discoverFeatures(work.path).finally(forget);
  if (isInterrupted) throw interruptedError();
  refuseWithoutBackend(selection.arms, features);
  return features;
};

const runInside = (
  options: ResolvedOptions,
  { folders, work, run }: HeldFolders,
  handover: Handover,
): Promise<Attended> =>
  attend({
    start: (onMessage) =>
      startInNamespace({
        argv: [process.execPath, ...HEAP_OPTIONS, ...inspectOption(), ...process.argv.slice(1)],
        env: {
          ...process.env,
          ...HEAP_ENVIRONMENT,
          UV_THREADPOOL_SIZE: POOL_THREADS,
          [HANDOVER]: JSON.stringify(handover),
        },
        inherits: [work.fd, run.fd],
        onMessage,
      }),
    limitMs: readyLimitNs(options) / 1e6,
    workDir: folders.workDir,
    onFirstInterrupt: sayInterrupted,
  });

const runOuter = async (typed: TypedOptions, resumed: LockedRun | null): Promise<number> => {
  const startedNs = process.hrtime.bigint();
  const startedAt = new Date();
  stopWithParent();
  const options = resolveOptions(typed, backends, scenarios);
  requirePrograms();
  refuseWithoutRoom();
  const chosen = foldersFor(options, startedAt, resumed);
  const machine = await holdMachine(chosen.runDir, { startedAt, isAllowed: options.allowParallel });
  const held = await holdFolders({
    chosen,
    allowTmpfs: options.folders.allowTmpfs,
    keepWork: options.folders.keepWork,
    resumed: resumed?.folder ?? null,
  }).catch((error) => {
    machine.close();
    throw error;
  });
  const { folders, work } = held;
  const session = resumed === null ? 0 : nextSession(resumed.run);
  let attended: Attended | null = null;
  try {
    attended = await runInside(options, held, {
      features: await findFeatures(options, held),
      folders,
      seed: options.seed,
      startedAt: startedAt.toISOString(),
      startedNs: String(startedNs),
      parallel: machine.facts,
      session,
    });
    const { keepWork } = options.folders;
    return await endRun(attended, {
      folders,
      work,
      startedNs,
      earlierNs: resumed?.run.wallNs ?? 0,
      keepWork,
      session,
    });
  } finally {
    if (attended !== null) giveResultsBack(held.run);
    await held.close(attended === null).finally(() => machine.close());
  }
};

const runInner = async (given: TypedOptions, handover: Handover, version: string): Promise<number> => {
  delete process.env[HANDOVER];
  const { runDir } = handover.folders;
  const earlier = handover.session === 0 ? null : readRun(runDir);
  const typed = earlier === null ? given : optionsAgain(earlier, runDir, given);
  const options = resolveOptions({ ...typed, seed: handover.seed }, backends, scenarios);
  const asked: PrivateOptions = { cwd: process.cwd(), options: { ...typed } as PrivateOptions['options'] };
  const { measureInside } = await import('./measure-inside.ts');
  return measureInside({ options, handover, origin: { version, asked, earlier } });
};

const showComplete = async (runDir: string): Promise<number> => {
  process.stderr.write('The run is complete; only its report is rendered again.\n');
  const { showRun } = await import('./show-run.ts');
  const { broken, errors } = await showRun(runDir);
  if (errors.length > 0) throw errors[0];
  return reportExitCode(broken);
};

const resume = async (given: TypedOptions): Promise<number> => {
  const resumed = await openResumed(given);
  if (resumed.run.status !== 'complete') return runOuter(resumed.typed, resumed);
  resumed.folder.close();
  return showComplete(resumed.runDir);
};

const measureAsked = async (typed: TypedOptions): Promise<number> => {
  const { isPoolFolder, measurePool, resumePool, runCountOf } = await import('./measure-pool.ts');
  if (typed.resume !== undefined) return isPoolFolder(typed.resume) ? resumePool(typed) : resume(typed);
  const count = runCountOf(typed);
  if (count === 1) return runOuter(typed, null);
  resolveOptions(typed, backends, scenarios);
  return measurePool(typed, count);
};

/** Modules that only one of the branches needs are loaded there: every start of the program waits for the others. */
export const run = async (typed: TypedOptions, version: string): Promise<void> => {
  const handover = process.env[HANDOVER];
  if (handover !== undefined) {
    process.exitCode = await runInner(typed, JSON.parse(handover) as Handover, version);
    return;
  }
  if (typed.dryRun === true) {
    const { dryRun } = await import('./dry-run.ts');
    return dryRun(typed);
  }
  process.exitCode = await measureAsked(typed).finally(interruptAtClosedOutput());
};
