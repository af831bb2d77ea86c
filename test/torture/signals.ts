// Signals and closed pipes, at any moment of a run.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../harness/model/random.ts';
import { type Finished, type Running, readRun } from '../end-to-end/support.ts';
import {
  checkClean,
  checkGone,
  checkJournal,
  checkNamed,
  checkResume,
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
const END_LIMIT_MS = 30_000;
const EXIT_INTERRUPTED = 130;
const LONGEST_GAP_MS = 300;
const EARLY_MS = 500;

/** Node.js dies of a signal that comes while it starts; a run that was complete before may end with 0. */
const checkExit = ({ out }: SmallRun, { child }: Running, { code }: Finished): readonly Finding[] => {
  const status = existsSync(join(out, 'run.json')) ? readRun(out).status : null;
  const isEarly = code === null && child.signalCode !== 'SIGKILL' && !existsSync(out);
  const isComplete = code === 0 && status === 'complete';
  return when(
    code !== EXIT_INTERRUPTED && !isEarly && !isComplete,
    'exit',
    `exit code ${code}, signal ${child.signalCode}; the status in run.json is ${status}`,
  );
};

type Disturb = (running: Running, attempt: Attempt) => Promise<void>;

const interruptBy =
  (disturb: Disturb, momentOf: (random: Random) => number) =>
  async (attempt: Attempt): Promise<AttemptEnd> => {
    const run = openSmallRun(attempt);
    const running = startSmallRun(attempt, run);
    const momentMs = momentOf(attempt.random);
    attempt.note(`disturbed after ${momentMs} ms`);
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
      ...checkExit(run, running, end),
      ...crashesIn(end),
      ...(await checkGone(run, atMs)).findings,
      ...checkJournal(run.out, lines),
      ...checkNamed(run, end),
      ...(await checkClean(attempt, run)),
      ...(attempt.resumes && existsSync(join(run.out, 'run.json')) ? await checkResume(attempt, run) : []),
    ];
    return { kind: 'done', findings, endedMs };
  };

const SIGNALS = { SIGINT: 'Ctrl-C (SIGINT)', SIGTERM: 'SIGTERM', SIGHUP: 'SIGHUP' } as const;

export const signalTrials = (length: RunLength): readonly Trial[] => {
  const anywhere = (random: Random): number => drawMoment(random, length);
  const trial = (id: string, title: string, disturb: Disturb, momentOf = anywhere): Trial => ({
    id,
    section: 'kills',
    title,
    count: 15,
    shortCount: 1,
    attempt: interruptBy(disturb, momentOf),
  });
  return [
    ...Object.entries(SIGNALS).map(([signal, title]) =>
      trial(signal.toLowerCase(), title, async ({ child }) => {
        child.kill(signal as NodeJS.Signals);
      }),
    ),
    trial(
      'early-signal',
      'one of these in the first half second',
      async ({ child }, { random }) => {
        const signals = Object.keys(SIGNALS) as readonly NodeJS.Signals[];
        child.kill(signals[random.int(0, signals.length - 1)]!);
      },
      (random) => random.int(0, EARLY_MS),
    ),
    trial('second-sigint', 'a second Ctrl-C', async ({ child }, { random }) => {
      child.kill('SIGINT');
      await sleep(random.int(1, LONGEST_GAP_MS));
      child.kill('SIGINT');
    }),
    trial('closed-pipe', 'the reader of the output ends', async ({ child }) => {
      child.stdout?.destroy();
    }),
  ];
};
