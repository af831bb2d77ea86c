// The runner of the tests, with generated test files: side by side, alone, and one summary.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder, until } from '../harness/sys/support.ts';
import { isAlive } from '../processes.ts';
import {
  DROPPING_CACHES,
  SHOWING_PAGES,
  SIDE_BY_SIDE,
  scheduleOf,
  WATCHING,
  WITHOUT_RUNS,
} from '../schedule.ts';
import { root, sourcesIn } from './sources.ts';

const PASSES = "import { test } from 'node:test'; test('passes', () => {});\n";
const FAILS = "import { test } from 'node:test'; test('fails', () => { throw new Error('as it must'); });\n";
const SAYS = "import { test } from 'node:test'; test('says', (t) => t.diagnostic('seven things'));\n";
const ENDS = "import 'node:no-such-module';\n";
const SLEEPS = `import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
test('sleeps', () => sleep(300));
`;
/** Never ends, like a test that waits for a hung mount, and has a stopped child, whose child would outlive it. */
const HANGS = `import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
test('hangs', async () => {
  const child = spawn('sh', ['-c', 'sleep 600 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  writeFileSync('HERE/pids', child.pid + ' ' + text);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;
/** Passes only if its counterpart runs at the same time. */
const MEETS = (own: string, other: string): string => `import { existsSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
test('meets', async () => {
  writeFileSync('${own}', '');
  for (let i = 0; !existsSync('${other}'); i++) { if (i > 1000) throw new Error('alone'); await sleep(10); }
});
`;

const shortWait = (text: string): string => text.replace('1000', '20');

interface RunnerResult {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
  readonly folder: string;
  /** The counts of the summary. */
  readonly summary: Readonly<Record<string, number>>;
}

const runner = (t: TestContext, files: Readonly<Record<string, string>>, ...args: string[]): RunnerResult => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  for (const name of ['main.js', 'options.js', 'schedule.js', 'merged.js', 'slowest.js', 'time-limit.js'])
    copyFileSync(join(root, 'build/test', name), join(folder, name));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text.replaceAll('HERE', folder));
  }
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'main.js'), ...args], {
    encoding: 'utf8',
    env,
  });
  const lines = [...stdout.matchAll(/^ℹ (\w+) ([\d.]+)$/gm)];
  const summary = Object.fromEntries(lines.map(([, name, n]) => [name!, Number(n)]));
  return { status, out: stdout, err: stderr, folder, summary };
};

const SIDE_BY_SIDE_FILE = 'scenarios/a.test.js';
const SHOWS = 'report/html/a.test.js';
const WATCHES = 'end-to-end/mounts.test.js';
const STARTS_RUNS = 'end-to-end/gate.test.js';
const DROPPING = 'end-to-end/walks.test.js';
const ALONE = 'other/b.test.js';

test('one summary counts all files, and diagnostics of tests stand before it', (t) => {
  const { status, out, summary } = runner(t, {
    [SIDE_BY_SIDE_FILE]: SAYS,
    'scenarios/c.test.js': PASSES,
    [DROPPING]: PASSES,
    [ALONE]: PASSES,
  });
  assert.equal(status, 0, out);
  assert.equal(out.match(/^ℹ tests /gm)?.length, 1);
  assert.deepEqual([summary['tests'], summary['pass'], summary['fail']], [4, 4, 0]);
  assert.match(out, /ℹ seven things\n[\s\S]*ℹ pass 4\n/);
});

for (const [where, files] of [
  ['side by side', { [SIDE_BY_SIDE_FILE]: FAILS, [ALONE]: PASSES }],
  ['among those that drop caches', { [DROPPING]: FAILS, [ALONE]: PASSES }],
  ['alone', { [SIDE_BY_SIDE_FILE]: PASSES, [ALONE]: FAILS }],
  ['before its first test', { [SIDE_BY_SIDE_FILE]: ENDS, [ALONE]: PASSES }],
] as const)
  test(`a failure ${where} fails the whole run and is shown below the summary`, (t) => {
    const { status, out, summary } = runner(t, files);
    assert.equal(status, 1, out);
    assert.deepEqual([summary['tests'], summary['pass'], summary['fail']], [2, 1, 1]);
    assert.match(out.slice(out.indexOf('ℹ fail')), /failing tests:[\s\S]*(as it must|a\.test\.js)/);
  });

test('listed files run side by side if there are CPUs, unlisted files never do', (t) => {
  const [one, two] = [MEETS('HERE/one', 'HERE/two'), MEETS('HERE/two', 'HERE/one')];
  const met = runner(t, { [SIDE_BY_SIDE_FILE]: one, 'scenarios/c.test.js': two }, '--test-concurrency=2');
  assert.equal(met.status, 0, met.out);
  const missed = runner(t, { [ALONE]: shortWait(one), 'other/c.test.js': shortWait(two) });
  assert.equal(missed.status, 1, missed.out);
  assert.equal(missed.summary['pass'], 1, 'the second finds the file of the first');
});

test('a file that drops caches runs beside files that start runs, but beside no other that drops caches and no unlisted one', (t) => {
  const [one, two] = [MEETS('HERE/one', 'HERE/two'), MEETS('HERE/two', 'HERE/one')];
  const met = runner(t, { [STARTS_RUNS]: one, [DROPPING]: two });
  assert.equal(met.status, 0, met.out);
  for (const other of ['end-to-end/sharing.test.js', ALONE]) {
    const missed = runner(t, { [DROPPING]: shortWait(one), [other]: shortWait(two) });
    assert.equal(missed.status, 1, missed.out);
    assert.equal(missed.summary['pass'], 1, 'the second finds the file of the first');
  }
});

test('files that start no runs do not run beside files that do', (t) => {
  const [one, two] = [MEETS('HERE/one', 'HERE/two'), MEETS('HERE/two', 'HERE/one')];
  const missed = runner(t, { [SIDE_BY_SIDE_FILE]: shortWait(one), [STARTS_RUNS]: shortWait(two) });
  assert.equal(missed.status, 1, missed.out);
  assert.equal(missed.summary['pass'], 1, 'the second finds the file of the first');
});

test('a file that watches the machine runs beside files that show pages, but beside no other one', (t) => {
  const [one, two] = [MEETS('HERE/one', 'HERE/two'), MEETS('HERE/two', 'HERE/one')];
  const met = runner(t, { [SHOWS]: one, [WATCHES]: two });
  assert.equal(met.status, 0, met.out);
  for (const other of ['end-to-end/run.test.js', STARTS_RUNS, DROPPING, ALONE]) {
    const missed = runner(t, { [WATCHES]: shortWait(one), [other]: shortWait(two) });
    assert.equal(missed.status, 1, missed.out);
    assert.equal(missed.summary['pass'], 1, 'the second finds the file of the first');
  }
});

test('a file that never ends is killed with its descendants and named, and the other files still run', async (t) => {
  const { status, out, err, folder, summary } = runner(
    t,
    { [SIDE_BY_SIDE_FILE]: HANGS, [ALONE]: PASSES },
    '--file-limit=20',
  );
  assert.equal(status, 1, out);
  assert.deepEqual([summary['tests'], summary['pass'], summary['fail']], [2, 1, 1], out);
  assert.match(
    err,
    /a\.test\.js did not end within 20 s and was killed, with its 2 descendants\n.*\d sh -c .*\n.*\d sleep 600\n$/,
  );
  const pids = readFileSync(join(folder, 'pids'), 'utf8').trim().split(/\s+/);
  assert.equal(pids.length, 2);
  // SIGKILL was sent; the kernel ends them a little later.
  await until('the killed processes have ended', () => !pids.some(isAlive));
});

test('the slowest files are named before the counts', (t) => {
  const files = { [SIDE_BY_SIDE_FILE]: PASSES, [ALONE]: SLEEPS };
  const { out } = runner(t, files, '--slowest=1');
  assert.match(out, /^ℹ (?:0\.[3-9]|[1-9]\d*\.\d) s other\/b\.test\.js\nℹ tests 2\n/m);
  assert.doesNotMatch(out, / s scenarios/);
  assert.match(
    runner(t, files).out,
    /^ℹ .* s other\/b\.test\.js\nℹ .* s scenarios\/a\.test\.js\nℹ tests 2\n/m,
  );
  assert.doesNotMatch(runner(t, files, 'b.test').out, / s other/);
});

test('words select files, patterns select tests, and no match is an error', (t) => {
  const files = { [SIDE_BY_SIDE_FILE]: PASSES, [ALONE]: FAILS };
  assert.equal(runner(t, files, 'scenarios').summary['tests'], 1);
  const named = runner(t, files, '--test-name-pattern=passes');
  assert.equal(named.status, 0, named.out);
  const none = runner(t, files, 'no-such-word');
  assert.equal(none.status, 1);
  assert.equal(none.err, "cfsbench: test: no path of a test file contains 'no-such-word'\n");
});

test('--help prints a usage text, and a wrong option is refused in one sentence', (t) => {
  const help = runner(t, {}, '--help');
  assert.equal(help.status, 0, help.err);
  assert.match(help.out, /^Usage: .*\n[\s\S]*^ {2}--test-reporter=NAME /m);
  for (const [option, sentence] of [
    ['--colour', /^Unknown option '--colour'; try --help$/],
    ['--slowest', /--slowest.* argument missing; try --help$/],
    ['--slowest=many', /^--slowest must be a whole number from 0, not 'many'$/],
    ['--test-concurrency=0', /^--test-concurrency must be a whole number from 1, not '0'$/],
    ['--test-reporter=lcov', /^unknown reporter 'lcov'; there are spec, tap, dot, junit$/],
  ] as const) {
    const { status, out, err } = runner(t, {}, option);
    assert.deepEqual([status, out], [1, ''], option);
    assert.match(err, /^cfsbench: test: [^\n]+\n$/);
    assert.match(err.trimEnd().replace('cfsbench: test: ', ''), sentence);
  }
});

test('TAP numbers are continuous, and the plan is that of all files', (t) => {
  const { out } = runner(t, { [SIDE_BY_SIDE_FILE]: PASSES, [ALONE]: PASSES }, '--test-reporter=tap');
  assert.match(out, /^ok 1 - passes$[\s\S]*^ok 2 - passes$[\s\S]*^1\.\.2$/m);
});

test('a file that drops the caches of the machine runs beside no other that does, or alone', () => {
  const dropping = sourcesIn('test').filter(
    (path) =>
      path.endsWith('.test.ts') && /harness\/sys\/caches\.ts'/.test(readFileSync(join(root, path), 'utf8')),
  );
  assert.ok(dropping.length > 3, dropping.join());
  const { alone, droppingCaches } = scheduleOf(dropping.map((path) => path.slice('test/'.length)));
  assert.deepEqual([...alone, ...droppingCaches].map((path) => `test/${path}`).sort(), dropping.sort());
});

test('every entry of a list matches a test file, and each file is scheduled once', () => {
  const paths = sourcesIn('test')
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => path.slice('test/'.length));
  for (const start of [...SHOWING_PAGES, ...WITHOUT_RUNS, ...SIDE_BY_SIDE, ...DROPPING_CACHES, ...WATCHING])
    assert.ok(
      paths.some((path) => path.startsWith(start)),
      start,
    );
  assert.deepEqual(Object.values(scheduleOf(paths)).flat().sort(), [...paths].sort());
  assert.ok(existsSync(join(root, 'build/test/main.js')));
});
