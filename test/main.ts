// Runs the compiled test files: first those that may run side by side, then the others one by one.
//
//   node main.js [WORD…] [--test-concurrency=N] [--test-name-pattern=REGEX] [--test-reporter=spec|tap|dot|junit]
//                        [--file-limit=SECONDS] [--slowest=N]
//
// WORD selects files by their path. By default as many files run side by side as there are CPUs, and one that drops caches beside them;
// --test-concurrency=N runs all files N at a time. A file that does not end within the limit is killed and fails. The N slowest files are
// named before the counts: by default 12 if all files run, else none.
// Exit codes: 0 all passed, 1 a test failed or no file matched.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import * as reporters from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { merged } from './merged.ts';
import { scheduleOf } from './schedule.ts';
import { withSlowest } from './slowest.ts';
import { limitFiles } from './time-limit.ts';

/** The slowest file takes a minute on a quiet machine. */
const FILE_LIMIT_SECONDS = '600';
const SLOWEST_OF_ALL = '12';

// Many tests start runs side by side, and other people may measure on this machine.
process.env['CFSBENCH_LOCKS'] ??= '';

const folder = import.meta.dirname;
const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    'test-concurrency': { type: 'string' },
    'test-name-pattern': { type: 'string', multiple: true },
    'test-reporter': { type: 'string', default: 'spec' },
    'file-limit': { type: 'string', default: FILE_LIMIT_SECONDS },
    slowest: { type: 'string' },
  },
});
const concurrency = values['test-concurrency'];
const testNamePatterns = values['test-name-pattern'];

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (path) =>
    path.endsWith('.test.js') &&
    (words.length === 0 || words.some((word) => join('test', path).includes(word))),
);
if (files.length === 0) {
  process.stderr.write(
    `cfsbench: test: no path of a test file contains ${words.map((word) => `'${word}'`).join(' or ')}\n`,
  );
  process.exit(1);
}

const startOf = (paths: readonly string[], atOnce: number) => () => {
  const running = run({
    files: paths.map((path) => join(folder, path)),
    concurrency: atOnce,
    ...(testNamePatterns === undefined ? {} : { testNamePatterns }),
  });
  running.on('test:fail', ({ todo }) => {
    if (todo === undefined || todo === false) process.exitCode = 1;
  });
  return running;
};

const { withoutRuns, sideBySide, droppingCaches, alone } = scheduleOf(files);
const cpus = availableParallelism();
type SideBySide = readonly [paths: readonly string[], atOnce: number];
const stages: readonly (readonly SideBySide[])[] =
  concurrency === undefined
    ? [
        [[withoutRuns, cpus]],
        [
          [sideBySide, cpus],
          [droppingCaches, 1],
        ],
        [[alone, 1]],
      ]
    : [[[Object.values(scheduleOf(files)).flat(), Number(concurrency)]]];
const events = withSlowest(
  merged(
    stages.map((parts) =>
      parts.filter(([paths]) => paths.length > 0).map(([paths, atOnce]) => startOf(paths, atOnce)),
    ),
  ),
  { folder, most: Number(values.slowest ?? (words.length === 0 ? SLOWEST_OF_ALL : '0')) },
);
const endLimit = limitFiles(
  files.map((path) => join(folder, path)),
  Number(values['file-limit']) * 1000,
  (line) => process.stderr.write(`cfsbench: test: ${line}\n`),
);
switch (values['test-reporter']) {
  case 'tap':
    await pipeline(events, reporters.tap, process.stdout);
    break;
  case 'junit':
    await pipeline(events, reporters.junit, process.stdout);
    break;
  case 'dot':
    await pipeline(events, reporters.dot, process.stdout);
    break;
  default:
    await pipeline(events, new reporters.spec(), process.stdout);
}
endLimit();
