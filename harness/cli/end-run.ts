// How a run ended, as its outer process sees it. Where the inner process was killed, the rest of its work is done here: run.json, and
// after an interrupt, in the time that is left, the report and the removal of the work folder.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openJournal, RUN_FILE, SAMPLES_FILE } from '../../results/journal.ts';
import { readRun } from '../../results/read.ts';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { endingError } from '../runner/failure.ts';
import { isInPlace, type OpenFolder } from '../sys/folder-lock.ts';
import { INTERRUPTED_EXIT, onInterrupt } from '../sys/interrupts.ts';
import { endsWithParent } from '../sys/namespace-probe.ts';
import { type Attended, END_LIMIT_MS } from './attend.ts';
import { KILLED } from './exit-code.ts';
import { describeError } from './print-error.ts';
import { PRIVATE_FILE } from './private-file.ts';
import type { RunFolders } from './work-folder.ts';

const SHOW = fileURLToPath(new URL('./show-run-main.js', import.meta.url));
const REMOVE = fileURLToPath(new URL('./remove-work-main.js', import.meta.url));

export interface OuterRun {
  readonly folders: RunFolders;
  readonly work: OpenFolder;
  /** CLOCK_MONOTONIC. */
  readonly startedNs: bigint;
  /** Time of the earlier sessions. */
  readonly earlierNs: number;
  readonly keepWork: boolean;
  /** 0 for a new run. */
  readonly session: number;
}

const isStarted = ({ folders }: OuterRun): boolean => existsSync(join(folders.runDir, RUN_FILE));

/** The folder of a run that has recorded nothing can be used again. */
const removeUnstarted = (runDir: string): void => {
  try {
    const journal = join(runDir, SAMPLES_FILE);
    if (statSync(journal).size === 0) rmSync(journal);
    rmSync(join(runDir, PRIVATE_FILE), { force: true });
    rmdirSync(runDir);
  } catch {
    // It does not exist, or it is not empty.
  }
};

const recordInterrupt = (run: OuterRun): void => {
  if (!isStarted(run)) {
    removeUnstarted(run.folders.runDir);
    return;
  }
  const { runDir } = run.folders;
  const recorded = readRun(runDir);
  if (recorded.status !== 'running') return;
  // Opening cuts off the incomplete line that a kill can leave.
  const journal = openJournal(runDir, { resume: true });
  try {
    journal.writeRun({
      ...recorded,
      status: 'interrupted',
      finishedAt: new Date().toISOString(),
      wallNs: run.earlierNs + Number(process.hrtime.bigint() - run.startedNs),
    });
  } finally {
    journal.close();
  }
};

/** A disk that is full or read-only hides neither what happened nor what to type next. */
const orPrint = (work: () => void): void => {
  try {
    work();
  } catch (error) {
    process.stderr.write(describeError(endingError(error) ?? error).text);
  }
};

/** In a process group of its own, which is killed as a whole. `inherits`: its descriptor 3. */
const startProgram = (module: string, argument: string, ...inherits: readonly number[]): ChildProcess => {
  const [program = '', ...args] = [...endsWithParent(), process.execPath, module, argument];
  return spawn(program, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit', ...inherits] });
};

/** Kills those that still run after the limit, or at an interrupt. Returns which of them have succeeded. */
const endAll = async (children: readonly ChildProcess[], limitMs: number): Promise<readonly boolean[]> => {
  const killAll = (): void => {
    for (const { pid, exitCode, signalCode } of children)
      if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  };
  const forget = onInterrupt(killAll);
  const timer = setTimeout(killAll, limitMs);
  const ended = await Promise.all(
    children.map(
      (child) =>
        new Promise<boolean>((resolve) => {
          child.once('error', () => resolve(false));
          child.once('exit', (code) => resolve(code === 0));
        }),
    ),
  );
  clearTimeout(timer);
  forget();
  return ended;
};

/** A disk that does not answer holds it still. */
const isLeft = (work: OpenFolder): boolean => {
  try {
    return isInPlace(work);
  } catch {
    return true;
  }
};

/** Renders the report and removes the work folder, as far as there is time. Returns whether the report was printed. */
const finish = async (run: OuterRun, limitMs: number): Promise<boolean> => {
  const { folders, work } = run;
  const shows = isStarted(run);
  const [shown = false] = await endAll(
    [
      ...(shows ? [startProgram(SHOW, folders.runDir)] : []),
      ...(isLeft(work) && !run.keepWork ? [startProgram(REMOVE, work.path, work.fd)] : []),
    ],
    limitMs,
  );
  return shows && shown;
};

/** The leftovers, and the commands that handle them. */
const leftLines = ({ work }: OuterRun): readonly string[] =>
  isLeft(work)
    ? [
        `left: ${visible(work.path)}`,
        `to remove it: ${visible(shellLine(['cfsbench', 'clean', dirname(work.path)]))}`,
      ]
    : [];

const resumeCommand = ({ folders: { runDir } }: OuterRun): string =>
  shellLine(['cfsbench', 'run', '--resume', runDir]);

const nextLines = (run: OuterRun, isShown: boolean): readonly string[] => {
  if (!isStarted(run)) return ['nothing was measured'];
  const { runDir } = run.folders;
  const isComplete = readRun(runDir).status === 'complete';
  return [
    ...(isShown ? [] : [`to render the report: ${shellLine(['cfsbench', 'report', runDir])}`]),
    ...(isComplete ? [] : [`to measure the rest: ${resumeCommand(run)}`]),
  ];
};

const say = (lines: readonly string[]): void => {
  process.stderr.write(lines.map((line) => `${visible(line)}\n`).join(''));
};

/** Also where standard error shows a progress line. */
export const clearLine = (): void => {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
};

const endInterrupted = async (
  { end, interruptedAt, again, shown }: Attended & { readonly interruptedAt: number },
  run: OuterRun,
): Promise<void> => {
  let isShown = shown;
  if (end.kind === 'killed') {
    orPrint(() => recordInterrupt(run));
    const leftMs = interruptedAt + END_LIMIT_MS - performance.now();
    if (!again && leftMs > 0) isShown = (await finish(run, leftMs)) || shown;
  }
  say([...nextLines(run, isShown), ...leftLines(run)]);
};

/** True if this session has written run.json, and nothing has recorded its end. A refused resume has not written it. */
const isCutOff = (run: OuterRun): boolean => {
  if (!isStarted(run)) return false;
  const { status, resumed = [] } = readRun(run.folders.runDir);
  return status === 'running' && resumed.length === run.session;
};

const endExited = (code: number, run: OuterRun): number => {
  orPrint(() => {
    if (code === 0 || !isCutOff(run)) return;
    orPrint(() => recordInterrupt(run));
    say(nextLines(run, false));
  });
  // Such as on a disk that does not answer any more.
  if (!run.keepWork) say(leftLines(run));
  return code;
};

/** The exit code. Throws if the inner process was killed without an interrupt. */
export const endRun = async (attended: Attended, run: OuterRun): Promise<number> => {
  const { end, interruptedAt } = attended;
  if (end.kind === 'killed') clearLine();
  if (interruptedAt !== null) {
    await endInterrupted({ ...attended, interruptedAt }, run).catch((error: unknown) =>
      process.stderr.write(describeError(error).text),
    );
    return INTERRUPTED_EXIT;
  }
  if (end.kind === 'exited') return endExited(end.code, run);
  orPrint(() => recordInterrupt(run));
  throw new UserError(end.what, {
    exit: KILLED,
    facts: [
      isStarted(run) ? `the samples so far are kept: ${run.folders.runDir}` : 'nothing was measured',
      ...leftLines(run),
    ],
    ...(isStarted(run) ? { hint: resumeCommand(run) } : {}),
  });
};
