// `cfsbench run`, the outer process: finds out what the machine can do, and starts the inner process in private namespaces.
import { dirname } from 'node:path';
import { removeEmpty } from '../../results/files.ts';
import type { RecordedOptions, RunFile } from '../../results/schema/run.ts';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import { UserError } from '../model/errors.ts';
import type { Features } from '../model/machine.ts';
import type { Arm } from '../runner/arm.ts';
import { interruptAtClosedOutput } from '../sys/closed-output.ts';
import { innerPrivilege } from '../sys/inner.ts';
import { interrupt } from '../sys/interrupts.ts';
import { startInNamespace } from '../sys/namespace.ts';
import { attend } from './attend.ts';
import { firstUnmet } from './check-needs.ts';
import { discoverFeatures } from './discover.ts';
import { clearLine, endRun } from './end-run.ts';
import { reportExitCode } from './exit-code.ts';
import { HANDOVER, type Handover, INSPECT } from './handover.ts';
import type { ResolvedOptions, TypedOptions } from './options.ts';
import { resolveOptions } from './resolve-options.ts';
import { clearWorkFolder, earlierRun, nextSession } from './resume.ts';
import { checkFolders, chooseFolders, foldersOf, type RunFolders, withoutLinks } from './work-folder.ts';

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

/** From its start until it begins to measure, the inner process may take ten times the budget, and ten minutes at least. */
const READY_RATIO = 10;
const READY_LEAST_MS = 600_000;

const readyLimitMs = ({ amount: { budgetNs } }: ResolvedOptions): number =>
  budgetNs === null || process.env[INSPECT] !== undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(READY_LEAST_MS, (READY_RATIO * budgetNs) / 1e6);

const sayInterrupted = (): void => {
  clearLine();
  process.stderr.write('interrupted: the samples so far are kept; a second interrupt ends the run at once\n');
};

interface OpenedFolders {
  readonly folders: RunFolders;
  /** Parents of the result folder that did not exist. */
  readonly made: readonly string[];
}

const openFolders = async (
  { folders, seed }: ResolvedOptions,
  startedAt: Date,
  earlier: RunFile | null,
): Promise<OpenedFolders> => {
  const chosen =
    earlier === null
      ? chooseFolders(folders, startedAt, seed)
      : foldersOf(earlier.id, folders.outDir!, folders.workDir);
  const made = checkFolders(chosen, folders.allowTmpfs);
  const resolved = withoutLinks(chosen);
  if (earlier !== null) await clearWorkFolder(resolved);
  return { folders: resolved, made };
};

const inspectOption = (): readonly string[] => {
  const address = process.env[INSPECT];
  return address === undefined || address === '' ? [] : [`--inspect-brk=${address}`];
};

const runOuter = async (typed: TypedOptions, earlier: RunFile | null): Promise<number> => {
  const startedNs = process.hrtime.bigint();
  const startedAt = new Date();
  stopWithParent();
  const options = resolveOptions(typed, backends, scenarios);
  const { folders, made } = await openFolders(options, startedAt, earlier);
  try {
    const features = await discoverFeatures(dirname(folders.workDir));
    refuseWithoutBackend(options.selection.arms, features);
    const handover: Handover = {
      features,
      folders,
      seed: options.seed,
      startedAt: startedAt.toISOString(),
      startedNs: String(startedNs),
      ownerPid: process.pid,
      session: earlier === null ? 0 : nextSession(earlier),
    };
    const attended = await attend({
      start: (onMessage) =>
        startInNamespace({
          argv: [process.execPath, ...inspectOption(), ...process.argv.slice(1)],
          env: { ...process.env, UV_THREADPOOL_SIZE: POOL_THREADS, [HANDOVER]: JSON.stringify(handover) },
          onMessage,
        }),
      limitMs: readyLimitMs(options),
      onFirstInterrupt: sayInterrupted,
    });
    const { keepWork } = options.folders;
    return await endRun(attended, { folders, startedNs, earlierNs: earlier?.wallNs ?? 0, keepWork });
  } finally {
    // A refused run leaves no folder.
    removeEmpty(made);
  }
};

const runInner = async (
  typed: TypedOptions,
  earlier: RunFile | null,
  passed: { readonly handover: Handover; readonly version: string },
): Promise<number> => {
  delete process.env[HANDOVER];
  const { handover, version } = passed;
  const options = resolveOptions({ ...typed, seed: handover.seed }, backends, scenarios);
  const asked: RecordedOptions = { cwd: process.cwd(), options: { ...typed } as RecordedOptions['options'] };
  const { measureInside } = await import('./measure-inside.ts');
  return measureInside({ options, handover, origin: { version, asked, earlier } });
};

const showComplete = async (runDir: string): Promise<number> => {
  process.stderr.write('The run is complete. Nothing is left to measure; the report is rendered again.\n');
  const { showRun } = await import('./show-run.ts');
  return reportExitCode(await showRun(runDir));
};

const runOnce = async (given: TypedOptions, version: string): Promise<number> => {
  const { run: earlier, typed } =
    given.resume === undefined ? { run: null, typed: given } : earlierRun(given.resume, given);
  if (earlier?.status === 'complete') return showComplete(typed.out!);
  const handover = process.env[HANDOVER];
  return handover === undefined
    ? runOuter(typed, earlier)
    : runInner(typed, earlier, { handover: JSON.parse(handover) as Handover, version });
};

const measureAsked = async (typed: TypedOptions, version: string): Promise<number> => {
  const { isPoolFolder, measurePool, resumePool, runCountOf } = await import('./measure-pool.ts');
  if (typed.resume !== undefined)
    return isPoolFolder(typed.resume) ? resumePool(typed.resume) : runOnce(typed, version);
  const count = runCountOf(typed);
  if (count === 1) return runOnce(typed, version);
  resolveOptions(typed, backends, scenarios);
  return measurePool(typed, count);
};

/** Modules that only one of the branches needs are loaded there: every start of the program waits for the others. */
export const run = async (typed: TypedOptions, version: string): Promise<void> => {
  if (typed.dryRun === true) {
    const { dryRun } = await import('./dry-run.ts');
    const resumed = typed.resume === undefined ? typed : earlierRun(typed.resume, typed).typed;
    return dryRun(resolveOptions(resumed, backends, scenarios));
  }
  const stopWatching = innerPrivilege() === null ? interruptAtClosedOutput() : () => {};
  process.exitCode = await measureAsked(typed, version).finally(stopWatching);
};
