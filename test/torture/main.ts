// Disturbs runs in every way that is known, at random moments, and counts what is lost or left.
//
// Needs:   root, what the default plan of a benchmark needs, and a disk below /var/tmp.
// Leaves:  a folder with a log of each attempt that found something.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitOf } from '../../harness/cli/version.ts';
import { seeded, shuffled } from '../../harness/model/random.ts';
import { needsRoot } from '../harness/sys/support.ts';
import { openScope, runLanes, type Task } from './lanes.ts';
import { LONG, LONG_IDS, longMarkdown, longText, runLong } from './long.ts';
import { openRunLength } from './moment.ts';
import { fail, HELP, parsedOptions, planOf, type TortureOptions, wholeNumber } from './options.ts';
import { openProgress } from './progress.ts';
import { trialsOf } from './registry.ts';
import {
  between,
  LONG_MARKERS,
  type Markers,
  mergedMarkdown,
  originOf,
  type TableRow,
  TRIAL_MARKERS,
  tableText,
} from './table.ts';
import { COLUMNS, type Column, SECTIONS, type Trial } from './trial.ts';

// Its runs go side by side.
process.env['CFSBENCH_LOCKS'] ??= '';

const DOCUMENT = new URL('../../../docs/reliability.md', import.meta.url);
const LOGS = 'found';
const EXIT_INTERRUPTED = 130;
/** The short form begins no attempt after it; its kinds are in random order, so another one has what this one had no time for. */
const SHORT_MS = 120_000;

const chosenOf = (trials: readonly Trial[], only: readonly string[]): readonly Trial[] => {
  const known = [...SECTIONS, ...trials.map(({ id }) => id), ...LONG_IDS, ALL] as readonly string[];
  const unknown = only.find((word) => !known.includes(word));
  if (unknown !== undefined) fail(`unknown kind '${unknown}'; there are ${known.join(', ')}`);
  return trials.filter(({ id, section }) => only.length === 0 || only.includes(section) || only.includes(id));
};

/** Attempts of a trial; `--kills` is divided among the kinds of kills, and what remains goes to some of them. */
const countOf = (trial: Trial, chosen: readonly Trial[], options: TortureOptions): number => {
  const { short, count, kills } = options;
  if (count !== undefined) return wholeNumber('count', count);
  const isKill = ({ section }: Trial): boolean => section === 'kills';
  if (kills === undefined || !isKill(trial)) return short ? trial.shortCount : trial.count;
  const kinds = shuffled(chosen.filter(isKill), seeded(options.seed));
  const all = wholeNumber('kills', kills);
  return Math.floor(all / kinds.length) + (kinds.indexOf(trial) < all % kinds.length ? 1 : 0);
};

/** The first attempts of all kinds, then the second ones: a stop leaves no kind out. In the short form, in random order. */
const tasksOf = (chosen: readonly Trial[], options: TortureOptions): readonly Task[] => {
  const every = wholeNumber('resume-every', options['resume-every']);
  const plan = planOf(options);
  const tasks = chosen.flatMap((trial, kind) =>
    Array.from({ length: countOf(trial, chosen, options) }, (_, round) => ({
      trial,
      round,
      seed: round === 0 ? options.seed : `${options.seed}-${round}`,
      resumes: (round + kind) % every === 0,
      plan,
    })),
  );
  return options.short ? shuffled(tasks, seeded(options.seed)) : tasks.sort((a, b) => a.round - b.round);
};

const hasFindings = ({ tally }: TableRow): boolean =>
  Object.keys(COLUMNS).some((column) => tally.found[column as Column] > 0);

const writeDocument = (markers: Markers, table: (document: string) => string): void => {
  const document = readFileSync(DOCUMENT, 'utf8');
  writeFileSync(DOCUMENT, between(document, markers, table(document)));
};

const length = openRunLength();
const [first, ...others] = trialsOf(length) as readonly [Trial, ...Trial[]];

/** Before the first attempt: a checkout can change meanwhile. */
const origin = originOf(commitOf(), new Date());

/** Both tables. */
const ALL = 'all';

interface Torture {
  readonly options: TortureOptions;
  /** Sections and ids; none: all trials. */
  readonly only: readonly string[];
  /** On a disk; removed unless it holds logs. */
  readonly folder: string;
  stopped(): boolean;
}

/** True if everything is zero. */
const tryAll = async ({ options, only, folder, stopped }: Torture): Promise<boolean> => {
  const chosen = chosenOf(others, only);
  const tasks = tasksOf(chosen, options);
  const { update, say } = openProgress(tasks.length);
  say(`Seed ${options.seed}; attempts below ${folder}.\n`);
  const untilMs = options.short ? Date.now() + SHORT_MS : Number.POSITIVE_INFINITY;
  const common = { folder, logs: join(folder, LOGS), stopped, say, untilMs };
  const measured = chosen.some(({ section }) => section !== 'inputs')
    ? await runLanes([first], {
        ...common,
        tasks: [{ trial: first, seed: options.seed, resumes: false, plan: planOf(options) }],
        laneCount: 1,
        progress: () => say(`An undisturbed run takes ${(length.ms / 1000).toFixed(1)} s.\n`),
      })
    : [];
  const laneCount = wholeNumber('jobs', options.jobs);
  const rows = [...measured, ...(await runLanes(chosen, { ...common, tasks, laneCount, progress: update }))];
  process.stdout.write(tableText(rows));
  if (!stopped() && options['write-docs']) {
    const held = rows.filter((row) => !hasFindings(row));
    writeDocument(TRIAL_MARKERS, (document) =>
      mergedMarkdown(document, { rows: held, origin }, [first, ...others]),
    );
  }
  return !stopped() && !rows.some(hasFindings);
};

/** True if everything held. */
const runLongParts = async ({ options, only, folder }: Torture): Promise<boolean> => {
  const { say } = openProgress(0);
  const owner = openScope();
  try {
    const minutes = wholeNumber('minutes', options.minutes);
    const results = await runLong(only, { minutes, home: folder, owner, say }, (result) => {
      if (result.passes && options['write-docs'])
        writeDocument(LONG_MARKERS, (document) => longMarkdown(document, [result], origin));
    });
    process.stdout.write(longText(results));
    return results.every(({ passes }) => passes);
  } finally {
    await owner.close();
  }
};

const options = parsedOptions();
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
if (options.list) {
  process.stdout.write(others.map(({ id, title }) => `${id.padEnd(24)}${title}\n`).join(''));
  process.exit(0);
}
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (isStopped) process.exit(EXIT_INTERRUPTED);
    isStopped = true;
  });
if (needsRoot !== false) {
  process.stdout.write(`Nothing was tried: it ${needsRoot}.\n`);
  process.exit(0);
}
const folder = mkdtempSync('/var/tmp/cfsbench-torture-');
const only = options.only.includes(ALL) ? [...SECTIONS, LONG] : options.only;
const torture: Torture = { options, only, folder, stopped: () => isStopped };
const isLong = (id: string): boolean => LONG_IDS.includes(id);
const held = only.length === 0 || !only.every(isLong) ? await tryAll(torture) : true;
const isGood = (!isStopped && only.some(isLong) ? await runLongParts(torture) : true) && held;
if (!existsSync(join(folder, LOGS))) rmSync(folder, { recursive: true, force: true });
process.exit(isGood ? 0 : 1);
