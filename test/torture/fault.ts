// A run on a machine that fails: what the fault is, when it comes, and what the run must say.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, type Running, readRun } from '../end-to-end/support.ts';
import {
  checkGone,
  checkJournal,
  checkNamed,
  crashesIn,
  endWithin,
  finding,
  journalLines,
  when,
} from './checks.ts';
import { drawMoment, type RunLength, reachMoment } from './moment.ts';
import { describeTree } from './process-tree.ts';
import { type CommandSetting, openSmallRun, type SmallRun, startSmallRun } from './small-run.ts';
import type { Attempt, AttemptEnd, Finding } from './trial.ts';

const END_LIMIT_MS = 180_000;
/** Nothing was measured: something cannot be read or written, or is missing. */
const REFUSED = [1, 4];
export const EXIT_REFUSED = 4;
export const EXIT_FAILED = 5;

/** `missed`: what was to be disturbed was not there any more. */
type Outcome = 'missed' | undefined;

export interface FaultSetting {
  readonly run: SmallRun;
  /** Further options of the run. */
  readonly options?: readonly string[];
  readonly setting?: CommandSetting;
  /** At a random moment of the run; absent: the fault is there from the beginning. */
  readonly cause?: (running: Running) => Outcome | Promise<Outcome>;
  /** Chooses the moment in place of the whole run; false if the run ends before. */
  readonly reach?: (running: Running) => Promise<boolean>;
  /** Exit codes with which the run may end, unless it is complete. */
  readonly codes: readonly number[];
  /** What it must say then. */
  readonly says: RegExp;
}

export type OpenFault = (attempt: Attempt) => Promise<FaultSetting>;

/** A row of the table. */
export interface Fault {
  readonly id: string;
  readonly title: string;
  readonly open: OpenFault;
  /** In the short form, too. */
  readonly isShort?: boolean;
}

const statusOf = ({ out }: SmallRun): string | null =>
  existsSync(join(out, 'run.json')) ? readRun(out).status : null;

/** A run that was complete before the fault ends with 0; every other one with a code of the fault, and says why. */
const checkEnd = ({ run, codes, says }: FaultSetting, end: Finished): readonly Finding[] => {
  if (end.code === 0)
    return when(statusOf(run) !== 'complete', 'exit', 'exit code 0 of a run that is not complete');
  const isRefused = REFUSED.includes(end.code ?? -1) && journalLines(run.out).length === 0;
  return [
    ...when(
      !codes.includes(end.code ?? -1) && !isRefused,
      'exit',
      `exit code ${end.code} instead of ${codes.join(' or ')}`,
    ),
    ...when(!says.test(end.stderr), 'exit', `the message does not say why (${says.source})`),
    ...crashesIn(end),
  ];
};

export const faultOf =
  (open: OpenFault, length: RunLength) =>
  async (attempt: Attempt): Promise<AttemptEnd> => {
    const fault = await open(attempt);
    const { run, cause } = fault;
    const running = startSmallRun(attempt, run, fault.options, fault.setting);
    let lines: readonly string[] = [];
    if (cause !== undefined) {
      const momentMs = drawMoment(attempt.random, length);
      const reach = fault.reach ?? ((run) => reachMoment(run, momentMs));
      if (fault.reach === undefined)
        attempt.note(`fault after ${momentMs} ms of ${Math.round(length.ms)} ms`);
      if (!(await reach(running))) return { kind: 'missed' };
      lines = journalLines(run.out);
      if ((await cause(running)) === 'missed') return { kind: 'missed' };
    }
    const atMs = Date.now();
    const end = await endWithin(running.done, END_LIMIT_MS);
    if (end === null) {
      attempt.note(`${describeTree(running.child.pid!)}${running.stderr()}`);
      return {
        kind: 'done',
        findings: [finding('hang', `the run did not end within ${END_LIMIT_MS / 1000} s`)],
      };
    }
    attempt.note(`exit code ${end.code}\n${end.stdout}${end.stderr}`);
    const findings = [
      ...checkEnd(fault, end),
      ...(await checkGone(run, Date.now())).findings,
      ...checkJournal(run.out, lines),
      ...checkNamed(run, end),
    ];
    return { kind: 'done', findings, endedMs: Date.now() - atMs };
  };

export const inHome = (attempt: Attempt, fault: Omit<FaultSetting, 'run'>): FaultSetting => ({
  ...fault,
  run: openSmallRun(attempt),
});
