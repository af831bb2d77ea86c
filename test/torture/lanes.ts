// Makes attempts side by side, keeps a log of each that found something, and adds up what was found.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../../harness/model/random.ts';
import { afterwards, type Owner } from '../end-to-end/support.ts';
import { finding } from './checks.ts';
import type { Plan } from './small-run.ts';
import { emptyTally, type TableRow, type TrialTally } from './table.ts';
import { type AttemptEnd, CannotTry, type Finding, type Trial } from './trial.ts';

/** A run may end before the disturbance: then another moment is drawn. */
const MOST_MISSES = 6;

export interface Task {
  readonly trial: Trial;
  readonly seed: string;
  readonly resumes: boolean;
  readonly plan: Plan;
}

/** The command that makes this attempt again. */
const commandOf = ({ trial, seed, resumes, plan }: Task): string =>
  `npm run torture -- --only ${trial.id} --count 1 --plan ${plan} --seed ${seed}${resumes ? ' --resume-every 1' : ''}`;

export interface LaneOptions {
  readonly tasks: readonly Task[];
  readonly laneCount: number;
  /** Folder on a disk, for the attempts. */
  readonly folder: string;
  /** Receives a folder for each attempt that found something. */
  readonly logs: string;
  /** Stops before the next attempt. */
  stopped(): boolean;
  /** `Date.now()` after which no further attempt begins. */
  readonly untilMs: number;
  say(line: string): void;
  progress(doneCount: number): void;
}

export interface Scope extends Owner {
  close(): Promise<void>;
}

export const openScope = (): Scope => {
  const undos: (() => void | Promise<void>)[] = [];
  return {
    after: (undo) => undos.push(undo),
    async close() {
      for (const undo of undos.reverse()) await undo();
    },
  };
};

interface LoggedEnd {
  readonly end: AttemptEnd;
  readonly log: string;
}

const keepLog = ({ logs }: LaneOptions, task: Task, home: string, log: string): string => {
  const kept = join(logs, `${task.trial.id}-${task.seed}`);
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, 'log'), log);
  const results = join(home, 'results');
  if (existsSync(results)) cpSync(results, join(kept, 'results'), { recursive: true });
  return kept;
};

const attemptOnce = async (options: LaneOptions, task: Task, miss: number): Promise<LoggedEnd> => {
  const owner = openScope();
  const home = mkdtempSync(join(options.folder, 'attempt-'));
  afterwards(owner, () => rmSync(home, { recursive: true, force: true }));
  const notes: string[] = [];
  const { resumes, plan } = task;
  const random = seeded(`${task.seed} ${task.trial.id} ${miss}`);
  const note = (text: string): void => void notes.push(text);
  try {
    const end = await task.trial
      .attempt({ random, home, owner, note, resumes, plan })
      .catch(
        (error: Error): AttemptEnd =>
          error instanceof CannotTry
            ? { kind: 'impossible', reason: error.message }
            : { kind: 'done', findings: [finding('crash', `the trial itself failed: ${error.stack}`)] },
      );
    const log = notes.join('\n');
    if (end.kind === 'done' && end.findings.length > 0 && !options.stopped())
      return { end, log: keepLog(options, task, home, log) };
    return { end, log };
  } finally {
    await owner.close();
  }
};

const add = (tally: TrialTally, end: AttemptEnd & { readonly kind: 'done' }): void => {
  tally.tried += end.tried ?? 1;
  for (const { column } of end.findings) tally.found[column]++;
  if (end.endedMs !== undefined) tally.slowestMs = Math.max(tally.slowestMs ?? 0, end.endedMs);
};

const sentences = (findings: readonly Finding[]): string =>
  findings
    .map(({ column, what }) => `  ${column}: ${what.split('\n').slice(0, 6).join('\n    ')}\n`)
    .join('');

/** The tally of each trial; attempts that a stop cut off are not counted. */
export const runLanes = async (
  trials: readonly Trial[],
  options: LaneOptions,
): Promise<readonly TableRow[]> => {
  const rows = new Map(trials.map((trial) => [trial.id, { trial, tally: emptyTally() }]));
  const waiting = [...options.tasks];
  let doneCount = 0;
  const isOver = (): boolean => options.stopped() || Date.now() > options.untilMs;
  const work = async (): Promise<void> => {
    while (!isOver()) {
      const task = waiting.shift();
      if (task === undefined) return;
      let done = await attemptOnce(options, task, 0);
      for (let miss = 1; done.end.kind === 'missed' && miss <= MOST_MISSES && !isOver(); miss++)
        done = await attemptOnce(options, task, miss);
      const { end, log } = done;
      if (options.stopped()) return;
      options.progress(++doneCount);
      if (end.kind === 'impossible') options.say(`Not tried: ${task.trial.title}: ${end.reason}\n`);
      if (end.kind !== 'done') continue;
      add(rows.get(task.trial.id)!.tally, end);
      if (end.findings.length > 0)
        options.say(
          `FOUND: ${task.trial.title}\n${sentences(end.findings)}  again: ${commandOf(task)}\n  log: ${log}\n`,
        );
    }
  };
  await Promise.all(Array.from({ length: options.laneCount }, work));
  if (waiting.length > 0 && !options.stopped())
    options.say(`No time for: ${waiting.map(({ trial }) => trial.title).join('; ')}\n`);
  return [...rows.values()];
};
