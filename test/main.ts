// Runs the compiled test files: first those that may run side by side, then the others one by one (schedule.ts).
//
//   node main.js [WORD…] [OPTIONS]
//
// A file that does not end within the limit is killed and fails. The slowest files are named before the counts.
// Exit codes: 0 all passed, 1 a test failed, no file matched, or an option is wrong.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import * as reporters from 'node:test/reporters';
import { merged } from './merged.ts';
import { fail, runnerOptions } from './options.ts';
import { scheduleOf } from './schedule.ts';
import { withSlowest } from './slowest.ts';
import { limitFiles } from './time-limit.ts';

// Many tests start runs side by side, and other people may measure on this machine.
process.env['CFSBENCH_LOCKS'] ??= '';

const folder = import.meta.dirname;
const { words, namePatterns, reporter, concurrency, fileLimitSeconds, slowest } = runnerOptions();

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (path) =>
    path.endsWith('.test.js') &&
    (words.length === 0 || words.some((word) => join('test', path).includes(word))),
);
if (files.length === 0)
  fail(`no path of a test file contains ${words.map((word) => `'${word}'`).join(' or ')}`);

const startOf = (paths: readonly string[], atOnce: number) => () => {
  const running = run({
    files: paths.map((path) => join(folder, path)),
    concurrency: atOnce,
    ...(namePatterns === undefined ? {} : { testNamePatterns: [...namePatterns] }),
  });
  running.on('test:fail', ({ todo }) => {
    if (todo === undefined || todo === false) process.exitCode = 1;
  });
  return running;
};

const { showingPages, withoutRuns, sideBySide, droppingCaches, watching, alone } = scheduleOf(files);
const cpus = availableParallelism();
type SideBySide = readonly [paths: readonly string[], atOnce: number];
const stages: readonly (readonly SideBySide[])[] =
  concurrency === undefined
    ? [
        // Some wait for limits.
        [[withoutRuns, cpus + 1]],
        [
          // A run waits for the disk and for its limits half of the time.
          [sideBySide, cpus + 2],
          [droppingCaches, 1],
        ],
        [
          [watching, 1],
          [showingPages, Math.max(1, cpus - 1)],
        ],
        [[alone, 1]],
      ]
    : [[[Object.values(scheduleOf(files)).flat(), concurrency]]];
const events = withSlowest(
  merged(
    stages.map((parts) =>
      parts.filter(([paths]) => paths.length > 0).map(([paths, atOnce]) => startOf(paths, atOnce)),
    ),
  ),
  { folder, most: slowest },
);
const endLimit = limitFiles(
  files.map((path) => join(folder, path)),
  fileLimitSeconds * 1000,
  (line) => process.stderr.write(`cfsbench: test: ${line}\n`),
);
switch (reporter) {
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
