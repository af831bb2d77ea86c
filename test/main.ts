// Runs the compiled test files: those that may run beside each other first, then the others one by one.
//
//   node main.js [WORD…] [--test-concurrency=N] [--test-name-pattern=REGEX] [--test-reporter=spec|tap|dot|junit]
//
// Words choose files by their path. Without a concurrency as many files run at once as there are CPUs, and beside them one of
// those that empty the caches; with one all files are a single group. Exit codes: 0 all passed, 1 a test failed or there was none.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import * as reporters from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { groupsOf } from './groups.ts';
import { merged } from './merged.ts';

const folder = import.meta.dirname;
const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    'test-concurrency': { type: 'string' },
    'test-name-pattern': { type: 'string', multiple: true },
    'test-reporter': { type: 'string', default: 'spec' },
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
  process.stderr.write(`cfsbench: test: no test file has any of these in its path: ${words.join(' ')}\n`);
  process.exit(1);
}

const runOf = (paths: readonly string[], atOnce: number) => () => {
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

const { withoutRuns, sideBySide, emptyingCaches, alone } = groupsOf(files);
const cpus = availableParallelism();
type Group = readonly [paths: readonly string[], atOnce: number];
const stages: readonly (readonly Group[])[] =
  concurrency === undefined
    ? [
        [[withoutRuns, cpus]],
        [
          [sideBySide, cpus],
          [emptyingCaches, 1],
        ],
        [[alone, 1]],
      ]
    : [[[Object.values(groupsOf(files)).flat(), Number(concurrency)]]];
const events = merged(
  stages.map((groups) =>
    groups.filter(([paths]) => paths.length > 0).map(([paths, atOnce]) => runOf(paths, atOnce)),
  ),
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
