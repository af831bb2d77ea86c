// What must hold after a run was disturbed: nothing left, no sample lost, nothing of somebody else's touched.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSamples } from '../../results/read.ts';
import { type Finished, leftOf, plannedOf, readRun } from '../end-to-end/support.ts';
import { resumeSmallRun, type SmallRun, STRANGER, startCommand, strangerIsIntact } from './small-run.ts';
import type { Attempt, Column, Finding } from './trial.ts';

const GONE_LIMIT_MS = 30_000;
const POLL_MS = 40;
const RESUME_LIMIT_MS = 300_000;
const CLEAN_LIMIT_MS = 60_000;
/** A stack trace, an abort of a program, or the sentence in front of an unexpected error. */
const CRASH =
  /this is a bug in cfsbench|^ +at .+:\d+:\d+\)?$|Segmentation fault|core dumped|Assertion .*failed|terminate called|sigprocmask|Sanitizer/m;
const SIGNAL_NAMES = /cfsbench: .*\b(?:SIGSEGV|SIGABRT|SIGBUS|signal (?:6|7|11))\b/;

export const finding = (column: Column, what: string): Finding => ({ column, what });

export const when = (wrong: boolean, column: Column, what: string): readonly Finding[] =>
  wrong ? [finding(column, what)] : [];

export const crashesIn = ({ stdout, stderr }: Finished): readonly Finding[] =>
  [stdout, stderr].flatMap((text) => {
    const found = CRASH.exec(text) ?? SIGNAL_NAMES.exec(text);
    return found === null ? [] : [finding('crash', `printed: ${found[0].trim()}`)];
  });

/** The end of a program, or null after the limit. */
export const endWithin = (done: Promise<Finished>, limitMs: number): Promise<Finished | null> => {
  const abort = new AbortController();
  const late = sleep(limitMs, null, { signal: abort.signal }).catch(() => null);
  return Promise.race([done, late]).finally(() => abort.abort());
};

/** The complete lines of the journal. */
export const journalLines = (out: string): readonly string[] => {
  const path = join(out, 'samples.ndjson');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
};

/** Every line that stood in the journal is still there, every complete line is a sample, and none is there twice. */
export const checkJournal = (out: string, before: readonly string[]): readonly Finding[] => {
  const now = journalLines(out);
  const lost = before.findIndex((line, at) => line !== now[at]);
  const gone = when(lost >= 0, 'loss', `line ${lost + 1} of the journal is gone or has changed`);
  if (now.length === 0) return gone;
  try {
    const seqs = [...readSamples(out)].map(({ seq }) => seq);
    const twice = seqs.filter((seq, at) => seqs.indexOf(seq) !== at);
    return [...gone, ...when(twice.length > 0, 'loss', `samples twice in the journal: ${twice.join(', ')}`)];
  } catch (error) {
    return [...gone, finding('loss', `the journal cannot be read: ${(error as Error).message}`)];
  }
};

/** Every planned slot is in the journal exactly once. */
export const checkWhole = (out: string): readonly Finding[] => {
  const samples = journalLines(out).map((line) => (JSON.parse(line) as { seq: number }).seq);
  const planned = plannedOf(readRun(out)).map(({ seq }) => seq);
  const missing = planned.filter((seq) => !samples.includes(seq));
  const extra = samples.filter((seq) => !planned.includes(seq));
  return [
    ...when(missing.length > 0, 'loss', `not measured: slots ${missing.join(', ')}`),
    ...when(extra.length > 0, 'loss', `measured without being planned: slots ${extra.join(', ')}`),
  ];
};

/** Waits until no process, mount and loop device of the run is left. */
export const checkGone = async (
  { home, own = [] }: SmallRun,
  sinceMs: number,
): Promise<{ readonly findings: readonly Finding[]; readonly endedMs: number }> => {
  const isOwn = (thing: string): boolean => own.some((one) => thing.split(' ').includes(one));
  const others = (): readonly string[] => leftOf(home).filter((thing) => !isOwn(thing));
  let left = others();
  while (left.length > 0 && Date.now() - sinceMs < GONE_LIMIT_MS) {
    await sleep(POLL_MS);
    left = others();
  }
  return { findings: left.map((thing) => finding('leak', thing)), endedMs: Date.now() - sinceMs };
};

const OWN_NAMES = ['results', 'tmp', 'place', 'own', 'bin', STRANGER];

/** Files that a run left beside its results. */
const strayOf = ({ home, temporary }: SmallRun): readonly string[] => [
  ...readdirSync(home).filter((name) => !OWN_NAMES.includes(name)),
  ...readdirSync(temporary).map((name) => join('tmp', name)),
];

/** Nothing lies beside the results of a run that ended by itself. */
export const checkTidy = (run: SmallRun): readonly Finding[] => [
  ...strayOf(run).map((name) => finding('leak', `file: ${name}`)),
  ...when(!strangerIsIntact(run), 'leak', 'a folder of somebody else was changed or removed'),
];

/** What there was no time or no way to remove is named, with the command that removes it. */
export const checkNamed = (run: SmallRun, { stderr }: Finished): readonly Finding[] => {
  const left = checkTidy(run);
  return left.length === 0 || (stderr.includes('cfsbench clean') && strangerIsIntact(run)) ? [] : left;
};

/** `cfsbench clean` finds what a killed run left, removes it, and touches nothing else. */
export const checkClean = async (attempt: Attempt, run: SmallRun): Promise<readonly Finding[]> => {
  const before = journalLines(run.out);
  const cleaning = startCommand(attempt, run, ['clean', run.home]);
  const end = await endWithin(cleaning.done, CLEAN_LIMIT_MS);
  if (end === null) return [finding('hang', `clean takes longer than ${CLEAN_LIMIT_MS / 1000} s`)];
  attempt.note(`$ cfsbench clean\n${end.stdout}${end.stderr}`);
  return [
    ...when(end.code !== 0, 'exit', `clean ended with exit code ${end.code}`),
    ...crashesIn(end),
    ...checkTidy(run),
    ...checkJournal(run.out, before),
  ];
};

/** The run is resumed to its end: every planned slot once, and nothing left. */
export const checkResume = async (attempt: Attempt, run: SmallRun): Promise<readonly Finding[]> => {
  const before = journalLines(run.out);
  const resumed = resumeSmallRun(attempt, run);
  const end = await endWithin(resumed.done, RESUME_LIMIT_MS);
  if (end === null) return [finding('hang', `--resume takes longer than ${RESUME_LIMIT_MS / 1000} s`)];
  attempt.note(`$ cfsbench run --resume\n${end.stderr}`);
  const { findings } = await checkGone(run, Date.now());
  const ended = [...crashesIn(end), ...findings, ...checkTidy(run), ...checkJournal(run.out, before)];
  if (end.code !== 0) return [...ended, finding('exit', `--resume ended with exit code ${end.code}`)];
  return [...ended, ...checkWhole(run.out)];
};
