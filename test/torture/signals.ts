// Signals and closed pipes, at any moment of a run.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Finished, readRun } from '../end-to-end/support.ts';
import {
  checkClean,
  checkGone,
  checkJournal,
  checkResume,
  checkTidy,
  crashesIn,
  endWithin,
  finding,
  journalLines,
  when,
} from './checks.ts';
import { drawMoment, type RunLength, reachMoment } from './moment.ts';
import { openSmallRun, type SmallRun, startSmallRun } from './small-run.ts';
import type { Attempt, AttemptEnd, Finding, Trial } from './trial.ts';

/** 2 s are promised; a busy machine takes several times as long. */
const END_LIMIT_MS = 10_000;
const EXIT_INTERRUPTED = 130;
const LONGEST_GAP_MS = 300;

/** A run that was complete when the signal came ends with 0. */
const checkExit = ({ out }: SmallRun, { code }: Finished): readonly Finding[] => {
  const status = existsSync(join(out, 'run.json')) ? readRun(out).status : null;
  return when(
    code !== (status === 'complete' ? 0 : EXIT_INTERRUPTED),
    'exit',
    `exit code ${code}, and the status in run.json is ${status}`,
  );
};

type Disturb = (running: ReturnType<typeof startSmallRun>, attempt: Attempt) => Promise<void>;

/** What is left after a second interrupt is named, with the command that removes it. */
const checkNamed = async (
  attempt: Attempt,
  run: SmallRun,
  { stderr }: Finished,
): Promise<readonly Finding[]> => {
  const left = checkTidy(run);
  return left.length === 0
    ? []
    : [
        ...when(
          !stderr.includes('cfsbench clean'),
          'leak',
          'the message does not say how to remove what is left',
        ),
        ...(await checkClean(attempt, run)),
      ];
};

const interruptBy =
  (disturb: Disturb, isForced: boolean, length: RunLength) =>
  async (attempt: Attempt): Promise<AttemptEnd> => {
    const run = openSmallRun(attempt);
    const running = startSmallRun(attempt, run);
    const momentMs = drawMoment(attempt.random, length);
    attempt.note(`disturbed after ${momentMs} ms of ${Math.round(length.ms)} ms`);
    if (!(await reachMoment(running, momentMs))) return { kind: 'missed' };
    const lines = journalLines(run.out);
    await disturb(running, attempt);
    const atMs = Date.now();
    const end = await endWithin(running.done, END_LIMIT_MS);
    if (end === null)
      return {
        kind: 'done',
        findings: [finding('hang', `the run did not end within ${END_LIMIT_MS / 1000} s`)],
      };
    const endedMs = Date.now() - atMs;
    attempt.note(`${end.stdout}${end.stderr}`);
    const findings = [
      ...checkExit(run, end),
      ...crashesIn(end),
      ...(await checkGone(run, atMs)).findings,
      ...checkJournal(run.out, lines),
      ...(isForced ? await checkNamed(attempt, run, end) : checkTidy(run)),
      ...(attempt.resumes && existsSync(join(run.out, 'run.json')) ? await checkResume(attempt, run) : []),
    ];
    return { kind: 'done', findings, endedMs };
  };

const SIGNALS = { SIGINT: 'Ctrl-C (SIGINT)', SIGTERM: 'SIGTERM', SIGHUP: 'SIGHUP' } as const;

export const signalTrials = (length: RunLength): readonly Trial[] => {
  const trial = (id: string, title: string, disturb: Disturb, isForced = false): Trial => ({
    id,
    section: 'kills',
    title,
    count: 15,
    shortCount: 1,
    attempt: interruptBy(disturb, isForced, length),
  });
  return [
    ...Object.entries(SIGNALS).map(([signal, title]) =>
      trial(signal.toLowerCase(), title, async ({ child }) => {
        child.kill(signal as NodeJS.Signals);
      }),
    ),
    trial(
      'second-sigint',
      'a second Ctrl-C',
      async ({ child }, { random }) => {
        child.kill('SIGINT');
        await sleep(random.int(1, LONGEST_GAP_MS));
        child.kill('SIGINT');
      },
      true,
    ),
    trial('closed-pipe', 'output pipe closed', async ({ child }) => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }),
  ];
};
