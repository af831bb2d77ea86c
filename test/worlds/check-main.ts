// Judges worlds in which the truth is known and prints the confusion matrix.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import {
  brokenBounds,
  EVIDENCE_RUNS,
  LEAST_RIGHT,
  type MatrixRow,
  type MatrixTask,
  MOST_WRONG,
  matrixText,
  tasksOf,
} from './matrix.ts';
import { worlds } from './registry.ts';
import type { SimulationOptions } from './simulate.ts';

const HELP = `Usage: npm run check:claims [-- OPTIONS]

Draws journals from worlds in which each claim is true by a margin, false by a
margin, and on the line, with the noise of real machines, judges each by the
shipped rule, and prints how often the rule was wrong and right.

  --runs N       seeded runs of each world (default 1000)
  --pool N       runs of a pool, for claims about times (default ${EVIDENCE_RUNS})
  --blocks N     blocks of each run (default: 8, 12 and 24 in turn; 24 in pools
                 of walks)
  --claim C6     only this claim; may be repeated
  --margins      print the margins of the worlds and their reasons, and exit
  --help         print this help, and exit

Bounds: wrong in at most ${100 * MOST_WRONG} % of the runs of each world; right in at least ${100 * LEAST_RIGHT} %
of those at a margin, for counts and for pools of times.
Exit code: 0 all bounds hold, 1 a bound is broken or an option is wrong.
`;

const fail = (text: string): never => {
  process.stderr.write(`check:claims: ${text}\n  try: npm run check:claims -- --help\n`);
  process.exit(1);
};

const parsed = () => {
  try {
    return parseArgs({
      options: {
        runs: { type: 'string', default: '1000' },
        pool: { type: 'string', default: String(EVIDENCE_RUNS) },
        blocks: { type: 'string' },
        claim: { type: 'string', multiple: true, default: [] },
        margins: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail((error as Error).message);
  }
};

const integer = (option: string, text: string, least: number): number => {
  const value = Number(text);
  return Number.isInteger(value) && value >= least
    ? value
    : fail(`--${option} must be a whole number from ${least}, not '${text}'`);
};

/** Prints the progress after each world. */
const progressOf = (total: number): ((done: number) => void) => {
  const startMs = Date.now();
  return (done) => {
    const text = `${done} of ${total} worlds, ${Math.round((Date.now() - startMs) / 1000)} s`;
    if (process.stderr.isTTY) process.stderr.write(`\r${text}${done === total ? '\n' : ''}`);
    else if (done % 20 === 0 || done === total) process.stderr.write(`${text}\n`);
  };
};

type WorkerOptions = Omit<SimulationOptions, 'pooled' | 'blocks'> & { readonly blocks: number | undefined };

/** On all CPUs, pools first, because they take longest. */
const simulateAll = async (
  tasks: readonly MatrixTask[],
  workerData: WorkerOptions,
): Promise<readonly MatrixRow[]> => {
  const waiting = [...tasks].sort((a, b) => b.pooled - a.pooled);
  const rows: MatrixRow[] = [];
  const progress = progressOf(tasks.length);
  const work = (): Promise<void> =>
    new Promise((done, failed) => {
      const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
      const next = (): void => {
        const task = waiting.shift();
        if (task === undefined) void worker.terminate().then(() => done());
        else worker.postMessage(task);
      };
      worker.on('message', (row: MatrixRow) => {
        rows.push(row);
        progress(rows.length);
        next();
      });
      worker.on('error', failed);
      next();
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), tasks.length) }, work));
  return rows;
};

const isOf = (task: MatrixTask, row: MatrixRow): boolean =>
  row.task.claim === task.claim && row.task.world === task.world && row.task.pooled === task.pooled;

const options = parsed();
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const runs = integer('runs', options.runs, 1);
const poolRuns = integer('pool', options.pool, 3);
const blocks = options.blocks === undefined ? undefined : integer('blocks', options.blocks, 8);
const ids = worlds.map(({ id }) => id);
const unknown = options.claim.find((id) => !ids.includes(id));
if (unknown !== undefined) fail(`unknown claim '${unknown}'; there are ${ids.join(', ')}`);
const chosen = worlds.filter(({ id }) => options.claim.length === 0 || options.claim.includes(id));

if (options.margins) {
  process.stdout.write(chosen.map(({ id, margin }) => `${id}  ${margin}\n`).join(''));
  process.exit(0);
}

const tasks = tasksOf(chosen, poolRuns);
const found = await simulateAll(tasks, { runs, blocks });
const rows = tasks.map((task) => found.find((row) => isOf(task, row))!);
process.stdout.write(`${matrixText(worlds, rows)}\n`);
const broken = rows.filter((row) => Object.values(brokenBounds(worlds, row)).some(Boolean));
process.stdout.write(
  broken.length === 0
    ? `\nAll bounds hold in ${rows.length} worlds of ${runs} runs.\n`
    : `\nBounds broken in ${broken.length} of ${rows.length} worlds of ${runs} runs.\n`,
);
process.exitCode = broken.length === 0 ? 0 : 1;
