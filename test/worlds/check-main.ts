// Every rule against worlds in which the truth is known: prints the confusion matrix, ends with 1 where a bound is broken.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import {
  brokenBounds,
  EVIDENCE_RUNS,
  LEAST_RIGHT,
  MOST_WRONG,
  matrixText,
  type Row,
  tasksOf,
} from './matrix.ts';
import { worlds } from './registry.ts';

const HELP = `Usage: npm run check:claims [-- OPTIONS]

Draws journals from worlds in which each claim is true by a margin, false by a margin, and on the line, with the noise
of real machines, gives each to the rule that ships, and prints how often it was wrong and right.

  --runs N       seeded runs of each world (default 1000)
  --together N   runs that are put together where times are judged (default ${EVIDENCE_RUNS})
  --blocks N     blocks of each run (default: 8, 12 and 24 in turn; of walks put together 24)
  --claim C6     only this claim; may be repeated
  --margins      only print what each margin is and why
  --help         this text

Bounds: wrong in at most ${100 * MOST_WRONG} % of the runs of each world; right in at least ${100 * LEAST_RIGHT} % of those at a margin, for times
where runs are put together. Exit code: 0 all bounds hold, 1 one is broken or an option is wrong.
`;

const fail = (text: string): never => {
  process.stderr.write(`check:claims: ${text}\n  try: npm run check:claims -- --help\n`);
  process.exit(1);
};

const options = (() => {
  try {
    return parseArgs({
      options: {
        runs: { type: 'string', default: '1000' },
        together: { type: 'string', default: String(EVIDENCE_RUNS) },
        blocks: { type: 'string' },
        claim: { type: 'string', multiple: true, default: [] },
        margins: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail((error as Error).message);
  }
})();

if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const runs = Number(options.runs);
if (!Number.isInteger(runs) || runs < 1) fail(`--runs ${options.runs}: not a whole number above zero`);
const together = Number(options.together);
if (!Number.isInteger(together) || together < 3)
  fail(`--together ${options.together}: not a whole number from 3`);
const blocks = options.blocks === undefined ? undefined : Number(options.blocks);
if (blocks !== undefined && (!Number.isInteger(blocks) || blocks < 8))
  fail(`--blocks ${options.blocks}: not a whole number from 8`);
const unknown = options.claim.find((id) => worlds.every((one) => one.id !== id));
if (unknown !== undefined)
  fail(`--claim ${unknown}: there are worlds of ${worlds.map(({ id }) => id).join(', ')}`);
const asked = worlds.filter(({ id }) => options.claim.length === 0 || options.claim.includes(id));

if (options.margins) {
  process.stdout.write(asked.map(({ id, margin }) => `${id}  ${margin}\n`).join(''));
  process.exit(0);
}

const tasks = tasksOf(asked, together);
const rows: Row[] = [];
const started = Date.now();
const progress = (): void => {
  const text = `${rows.length} of ${tasks.length} worlds, ${Math.round((Date.now() - started) / 1000)} s`;
  if (process.stderr.isTTY) process.stderr.write(`\r${text}`);
  else if (rows.length % 20 === 0 || rows.length === tasks.length) process.stderr.write(`${text}\n`);
};

/** The longest first. */
const waiting = [...tasks].sort((a, b) => b.pooled - a.pooled);

const work = (): Promise<void> =>
  new Promise((done, failed) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { runs, blocks } });
    const next = (): void => {
      const task = waiting.shift();
      if (task === undefined) void worker.terminate().then(() => done());
      else worker.postMessage(task);
    };
    worker.on('message', (row: Row) => {
      rows.push(row);
      progress();
      next();
    });
    worker.on('error', failed);
    next();
  });

await Promise.all(Array.from({ length: Math.min(availableParallelism(), tasks.length) }, work));
if (process.stderr.isTTY) process.stderr.write('\n');
const inOrder = tasks.map(
  (task) =>
    rows.find(
      (row) =>
        row.task.claim === task.claim && row.task.world === task.world && row.task.pooled === task.pooled,
    )!,
);
process.stdout.write(`${matrixText(worlds, inOrder)}\n`);
const broken = inOrder.filter((row) => Object.values(brokenBounds(worlds, row)).some(Boolean));
process.stdout.write(
  broken.length === 0
    ? `\nAll bounds hold in ${inOrder.length} worlds of ${runs} runs.\n`
    : `\nBounds broken in ${broken.length} of ${inOrder.length} worlds of ${runs} runs.\n`,
);
process.exitCode = broken.length === 0 ? 0 : 1;
