// Disturbs runs in every way that is known, at random moments, and counts what is lost or left.
//
// Needs:   root, what the default plan of a benchmark needs, and a disk below /var/tmp.
// Leaves:  a folder with a log of each attempt that found something.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { undisturbed } from './kills.ts';
import { runLanes, type Task } from './lanes.ts';
import { openRunLength } from './moment.ts';
import { fail, HELP, parsedOptions, type TortureOptions, wholeNumber } from './options.ts';
import { openProgress } from './progress.ts';
import { trialsWith } from './registry.ts';
import { type TableRow, tableText, withTable } from './table.ts';
import { COLUMNS, type Column, SECTIONS, type Trial } from './trial.ts';

const DOCUMENT = new URL('../../../docs/reliability.md', import.meta.url);
const chosenOf = (trials: readonly Trial[], only: readonly string[]): readonly Trial[] => {
  const known = [...SECTIONS, ...trials.map(({ id }) => id)] as readonly string[];
  const unknown = only.find((word) => !known.includes(word));
  if (unknown !== undefined) fail(`unknown kind '${unknown}'; there are ${known.join(', ')}`);
  return trials.filter(({ id, section }) => only.length === 0 || only.includes(section) || only.includes(id));
};

/** Attempts of a trial; `--kills` is divided among the kinds of kills. */
const countOf = (trial: Trial, chosen: readonly Trial[], { short, count, kills }: TortureOptions): number => {
  if (count !== undefined) return wholeNumber('count', count);
  const isKill = ({ section }: Trial): boolean => section === 'kills';
  if (kills === undefined || !isKill(trial)) return short ? trial.shortCount : trial.count;
  const kinds = chosen.filter(isKill);
  const all = wholeNumber('kills', kills);
  return Math.floor(all / kinds.length) + (kinds.indexOf(trial) < all % kinds.length ? 1 : 0);
};

/** The first attempts of all kinds, then the second ones: a stop leaves no kind out. */
const tasksOf = (chosen: readonly Trial[], options: TortureOptions): readonly Task[] => {
  const every = wholeNumber('resume-every', options['resume-every']);
  return chosen
    .flatMap((trial, kind) =>
      Array.from({ length: countOf(trial, chosen, options) }, (_, round) => ({
        trial,
        round,
        seed: round === 0 ? options.seed : `${options.seed}-${round}`,
        resumes: (round + kind) % every === 0,
      })),
    )
    .sort((a, b) => a.round - b.round);
};

const hasFindings = ({ tally }: TableRow): boolean =>
  Object.keys(COLUMNS).some((column) => tally.found[column as Column] > 0);

const writeDocument = (rows: readonly TableRow[], all: readonly Trial[]): void => {
  const untried = all.filter(
    ({ id }) => !rows.some(({ trial, tally }) => trial.id === id && tally.tried > 0),
  );
  if (untried.length > 0)
    fail(`--write-docs needs every kind; not tried: ${untried.map(({ id }) => id).join(', ')}`);
  if (rows.some(hasFindings)) fail('--write-docs: not everything is zero; docs/reliability.md is unchanged');
  writeFileSync(DOCUMENT, withTable(readFileSync(DOCUMENT, 'utf8'), rows));
};

const options = parsedOptions();
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const length = openRunLength();
const first = undisturbed(length);
const others = trialsWith(length);
if (options.list) {
  process.stdout.write(others.map(({ id, title }) => `${id.padEnd(24)}${title}\n`).join(''));
  process.exit(0);
}
const chosen = chosenOf(others, options.only);
const tasks = tasksOf(chosen, options);
const folder = mkdtempSync('/var/tmp/cfsbench-torture-');
const logs = join(folder, 'found');
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (isStopped) process.exit(130);
    isStopped = true;
  });
const { update, say } = openProgress(tasks.length);
say(`Seed ${options.seed}; attempts below ${folder}.\n`);
const common = { folder, logs, stopped: () => isStopped, say };
const measured = chosen.some(({ section }) => section !== 'inputs')
  ? await runLanes([first], {
      ...common,
      tasks: [{ trial: first, seed: options.seed, resumes: false }],
      laneCount: 1,
      progress: () => say(`An undisturbed run takes ${(length.ms / 1000).toFixed(1)} s.\n`),
    })
  : [];
const rows = [
  ...measured,
  ...(await runLanes(chosen, {
    ...common,
    tasks,
    laneCount: wholeNumber('jobs', options.jobs),
    progress: update,
  })),
];
process.stdout.write(`${tableText(rows)}`);
if (!existsSync(logs)) rmSync(folder, { recursive: true, force: true });
const isWhole = !isStopped && !rows.some(hasFindings);
if (isWhole && options['write-docs']) writeDocument(rows, [first, ...others]);
process.exit(isWhole ? 0 : 1);
