// kill -9 of any process of a run, at any moment.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT_CODES } from '../../harness/cli/exit-codes-help.ts';
import { type Finished, type Running, readRun } from '../end-to-end/support.ts';
import {
  checkClean,
  checkGone,
  checkJournal,
  checkNamed,
  checkResume,
  checkTidy,
  checkWhole,
  crashesIn,
  endWithin,
  finding,
  journalLines,
  when,
} from './checks.ts';
import { drawMoment, type RunLength, reachMoment } from './moment.ts';
import { anyOf, inRole, type Role, send, stopSurely, type TreeProcess } from './process-tree.ts';
import { openSmallRun, type SmallRun, startSmallRun } from './small-run.ts';
import type { Attempt, AttemptEnd, Finding, Trial } from './trial.ts';

/** From the kill of one half of a run to the exit of the other. */
const END_LIMIT_MS = 30_000;
/** From the kill of a helper to the end of a run that goes on. */
const WHOLE_LIMIT_MS = 300_000;
const POLL_MS = 1;
const EXIT_FAILED = 5;
const EXIT_KILLED = 7;

interface Killed {
  readonly atMs: number;
  /** Complete lines of the journal at the kill. */
  readonly lines: readonly string[];
  /** The run was between its first sample and its last: what dies now belongs to a slot. */
  readonly inSlots: boolean;
}

const isMeasuring = (out: string): boolean =>
  existsSync(join(out, 'run.json')) && readRun(out).status === 'running' && journalLines(out).length > 0;

type FindVictim = (root: number) => TreeProcess | undefined;

/** Kills the first victim that is there at the moment or after it; null if the run ends before. */
const killAt = async (
  running: Running,
  { out }: SmallRun,
  find: FindVictim,
  momentMs: number,
): Promise<Killed | null> => {
  if (!(await reachMoment(running, momentMs))) return null;
  while (running.child.exitCode === null && running.child.signalCode === null) {
    const victim = find(running.child.pid!);
    if (victim !== undefined && stopSurely(victim.pid)) {
      const killed = { lines: journalLines(out), inSlots: isMeasuring(out), atMs: Date.now() };
      if (send(victim.pid, 'SIGKILL')) return killed;
    }
    await sleep(POLL_MS);
  }
  return null;
};

/** What a killed run left is found by `clean`; the run is resumed if it had begun to measure. */
const checkAfterKill = async (
  attempt: Attempt,
  run: SmallRun,
  lines: readonly string[],
): Promise<readonly Finding[]> => [
  ...checkJournal(run.out, lines),
  ...(await checkClean(attempt, run)),
  ...(attempt.resumes && existsSync(join(run.out, 'run.json')) ? await checkResume(attempt, run) : []),
];

/** Exit code and words of the half that remains after the other was killed. */
const checkOtherHalf = (end: Finished, hasBegun: boolean): readonly Finding[] => [
  ...when(end.code !== EXIT_KILLED, 'exit', `exit code ${end.code} instead of ${EXIT_KILLED}`),
  ...when(
    hasBegun && !end.stderr.includes('--resume'),
    'exit',
    'the message does not say that --resume continues',
  ),
  ...crashesIn(end),
];

interface KilledRun {
  readonly kind: 'ended';
  readonly run: SmallRun;
  readonly killed: Killed;
  readonly end: Finished;
}

/** Kills a process with this role at a random moment of a run, and waits for the end of the run. */
const killInRole = async (
  attempt: Attempt,
  role: Role,
  length: RunLength,
  limitMs: number,
): Promise<KilledRun | AttemptEnd> => {
  const run = openSmallRun(attempt);
  const running = startSmallRun(attempt, run);
  const momentMs = drawMoment(attempt.random, length);
  attempt.note(`kill -9 of ${role} after ${momentMs} ms of ${Math.round(length.ms)} ms`);
  const killed = await killAt(running, run, (root) => inRole(root, role), momentMs);
  if (killed === null) return { kind: 'missed' };
  const end = await endWithin(running.done, limitMs);
  if (end === null)
    return {
      kind: 'done',
      findings: [finding('hang', `the run did not end within ${limitMs / 1000} s of the kill`)],
    };
  attempt.note(`${end.stdout}${end.stderr}`);
  return { kind: 'ended', run, killed, end };
};

/** The outer process, `unshare`, the first process of the namespace, or the one that measures: the run ends at once. */
const killHalf =
  (role: Role, length: RunLength) =>
  async (attempt: Attempt): Promise<AttemptEnd> => {
    const ended = await killInRole(attempt, role, length, END_LIMIT_MS);
    if (ended.kind !== 'ended') return ended;
    const { run, killed, end } = ended;
    const hasBegun = existsSync(join(run.out, 'run.json'));
    const gone = await checkGone(run, killed.atMs);
    const findings = [
      ...gone.findings,
      ...(role === 'outer' ? crashesIn(end) : checkOtherHalf(end, hasBegun)),
      ...(await checkAfterKill(attempt, run, killed.lines)),
    ];
    return { kind: 'done', findings, endedMs: gone.endedMs };
  };

/** A run that goes on after a helper was killed: exit code 5 and a failed slot, or 0 where the helper was started again. */
const checkGoneOn = (run: SmallRun, end: Finished, { inSlots, lines }: Killed): readonly Finding[] => {
  if (!existsSync(join(run.out, 'run.json')))
    return when(end.code !== EXIT_FAILED, 'exit', `exit code ${end.code}, and no run.json`);
  const failed = journalLines(run.out).filter((line) => line.includes('"outcome":"failed"')).length;
  const unproved = readRun(run.out).proofs.filter(({ equal }) => !equal).length;
  const expected = inSlots || failed > 0 || unproved > 0 ? EXIT_FAILED : 0;
  return [
    ...when(end.code !== expected, 'exit', `exit code ${end.code} instead of ${expected}`),
    ...when(inSlots && failed === 0, 'loss', 'no slot failed, though a process of one was killed'),
    ...checkJournal(run.out, lines),
    ...checkWhole(run.out),
  ];
};

/** A process that the run started for a slot: the slot fails, the run goes on. */
const killHelper =
  (role: Role, length: RunLength) =>
  async (attempt: Attempt): Promise<AttemptEnd> => {
    const ended = await killInRole(attempt, role, length, WHOLE_LIMIT_MS);
    if (ended.kind !== 'ended') return ended;
    const { run, killed, end } = ended;
    const gone = await checkGone(run, Date.now());
    const findings = [
      ...gone.findings,
      ...crashesIn(end),
      ...checkGoneOn(run, end, killed),
      ...checkTidy(run),
    ];
    return { kind: 'done', findings };
  };

/** Codes that the help of `run` names. */
const DOCUMENTED = [...EXIT_CODES.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => Number(code));

/** Any process of the run, its shells and the programs that try features included: whatever the run does then, it says so. */
const killAny =
  (length: RunLength) =>
  async (attempt: Attempt): Promise<AttemptEnd> => {
    const run = openSmallRun(attempt);
    const running = startSmallRun(attempt, run);
    const momentMs = drawMoment(attempt.random, length);
    let name = '';
    const find: FindVictim = (root) => {
      const victim = anyOf(root, attempt.random);
      name = victim?.argv.join(' ') ?? '';
      return victim;
    };
    const killed = await killAt(running, run, find, momentMs);
    if (killed === null) return { kind: 'missed' };
    attempt.note(`kill -9 of ${name} after ${momentMs} ms of ${Math.round(length.ms)} ms`);
    const end = await endWithin(running.done, WHOLE_LIMIT_MS);
    if (end === null)
      return {
        kind: 'done',
        findings: [finding('hang', `the run did not end within ${WHOLE_LIMIT_MS / 1000} s of the kill`)],
      };
    attempt.note(`exit code ${end.code}\n${end.stdout}${end.stderr}`);
    const isOuter = end.code === null;
    const gone = await checkGone(run, Date.now());
    const findings = [
      ...when(
        !isOuter && !DOCUMENTED.includes(end.code!),
        'exit',
        `exit code ${end.code} is documented nowhere`,
      ),
      ...when(
        !isOuter && end.code !== 0 && end.stderr === '',
        'exit',
        `exit code ${end.code} without a word`,
      ),
      ...gone.findings,
      ...crashesIn(end),
      ...(isOuter ? [] : checkNamed(run, end)),
      ...(await checkAfterKill(attempt, run, killed.lines)),
    ];
    return { kind: 'done', findings };
  };

/** Comes first: its duration is that over which moments are drawn. */
export const undisturbed = (length: RunLength): Trial => ({
  id: 'undisturbed',
  section: 'kills',
  title: 'no disturbance',
  count: 1,
  shortCount: 1,
  async attempt(attempt) {
    const run = openSmallRun(attempt);
    const startMs = Date.now();
    const end = await startSmallRun(attempt, run).done;
    length.saw(Date.now() - startMs);
    attempt.note(`${end.stdout}${end.stderr}`);
    const gone = await checkGone(run, Date.now());
    const findings = [
      ...when(end.code !== 0, 'exit', `exit code ${end.code} instead of 0`),
      ...gone.findings,
      ...crashesIn(end),
      ...checkJournal(run.out, []),
      ...checkWhole(run.out),
      ...checkTidy(run),
    ];
    return { kind: 'done', findings };
  },
});

const HALVES: readonly (readonly [role: Role, title: string])[] = [
  ['outer', 'the process that was started'],
  ['unshare', '`unshare`'],
  ['init', 'the first process of the namespace'],
  ['measuring', 'the process that measures'],
];
const HELPERS: readonly (readonly [role: Role, title: string])[] = [
  ['inspector', 'the inspector'],
  ['server', 'a FUSE server'],
  ['tar', '`tar`'],
  ['rm', '`rm`'],
  ['ls', '`ls`'],
];

export const killTrials = (length: RunLength): readonly Trial[] => {
  const trial =
    (kind: typeof killHalf) =>
    ([role, title]: readonly [Role, string]): Trial => ({
      id: `kill-${role}`,
      section: 'kills',
      title: `kill -9 of ${title}`,
      count: 25,
      // It is there in few moments of a short run.
      shortCount: role === 'inspector' ? 0 : 1,
      attempt: kind(role, length),
    });
  return [
    ...HALVES.map(trial(killHalf)),
    ...HELPERS.map(trial(killHelper)),
    {
      id: 'kill-any',
      section: 'kills',
      title: 'kill -9 of any process, drawn at random',
      count: 50,
      shortCount: 2,
      attempt: killAny(length),
    },
  ];
};
