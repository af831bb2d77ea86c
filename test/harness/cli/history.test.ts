// `cfsbench history` on the command line: a store of three runs, of which the last one makes one call more.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openJournal, RUN_FILE } from '../../../results/journal.ts';
import { PROGRAM } from '../../end-to-end/support.ts';
import { example, type Given, oneMore } from '../../results/gate/support.ts';

const root = mkdtempSync(join(tmpdir(), 'cfsbench-history-'));
after(() => rmSync(root, { recursive: true }));
const store = join(root, 'store');
mkdirSync(store);

const cfsbench = (...args: string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: 'utf8',
    cwd: root,
    env: { ...process.env, COLUMNS: '80' },
  });

const writeRun = (
  { run, samples }: Given,
  day: number,
  status: Given['run']['status'] = 'complete',
): string => {
  const folder = join(root, `run-${day}`);
  const journal = openJournal(folder);
  for (const sample of samples) journal.append(sample);
  const commit = `c0ffee00000${day}`;
  journal.writeRun({
    ...run,
    cfsbench: { ...run.cfsbench, commit },
    id: `run-${day}`,
    startedAt: `2026-01-0${day}T00:00:00.000Z`,
    status,
  });
  journal.close();
  return folder;
};

const base = example({ images: ['debian-12-static'], blocks: 8 });
const changed = oneMore(base, { arm: 'unpacked-overlay', phase: 'create', actor: 'tar', call: 'openat' });

test('show says what to type for an empty history', () => {
  const { stdout, status } = cfsbench('history', 'show', '--store', store);
  assert.deepEqual([stdout, status], ['The history is empty. To add a run: cfsbench history add RUN\n', 0]);
});

test('a folder that --store names must exist; the default one is made', () => {
  const folder = writeRun(base, 6);
  for (const args of [['add', folder], ['show']]) {
    const { stderr, status } = cfsbench('history', ...args, '--store', join(root, 'hsitory'));
    assert.equal(status, 1);
    assert.match(stderr, /^cfsbench: no such folder: .*hsitory\n {2}try: mkdir -p /);
  }
  assert.ok(!existsSync(join(root, 'hsitory')));
  assert.equal(cfsbench('history', 'add', folder).status, 0);
  assert.deepEqual(readdirSync(join(root, 'history')), ['run-6.ndjson']);
});

test('the command that makes the folder can be pasted', () => {
  const { stderr } = cfsbench('history', 'show', '--store', 'my history');
  assert.match(stderr, /\n {2}try: mkdir -p 'my history', or --store/);
});

test('add writes one file per run, and adding a run again changes nothing', () => {
  for (const [day, given] of [base, base, changed].entries()) {
    const { stdout, stderr, status } = cfsbench('history', 'add', writeRun(given, day + 1), '--store', store);
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`^run-${day + 1}: added, \\d+ lines in .*store\n$`));
  }
  const before = readFileSync(join(store, 'run-1.ndjson'));
  assert.match(cfsbench('history', 'add', 'run-1', '--store', store).stdout, /^run-1: already there, /);
  assert.deepEqual(readFileSync(join(store, 'run-1.ndjson')), before);
  assert.deepEqual(readdirSync(store), ['run-1.ndjson', 'run-2.ndjson', 'run-3.ndjson']);
});

test('add refuses a run that is not complete, unless --partial is given', () => {
  const folder = writeRun(base, 4, 'interrupted');
  mkdirSync(join(root, 'partial'));
  const { stderr, status } = cfsbench('history', 'add', folder, '--store', join(root, 'partial'));
  assert.equal(status, 1);
  assert.match(stderr, /the run is not complete\n +status: interrupted\n.*--partial/);
  assert.equal(cfsbench('history', 'add', folder, '--store', join(root, 'partial'), '--partial').status, 0);
});

test('show names the changed series, the run, and both values', () => {
  const { stdout, status } = cfsbench(
    'history',
    'show',
    '--store',
    store,
    '--scenario',
    'churn',
    '--metric',
    'openat',
  );
  assert.equal(status, 0);
  assert.match(stdout, /unpacked-overlay: create: tar: openat\n/);
  assert.match(stdout.replace(/\n +/g, ' '), /changed with run-3 \(commit \w+\): ([\d,]+) -> ([\d,]+)/);
  assert.match(stdout, /Changes never fail a gate\.\n$/);
  assert.ok(stdout.split('\n').every((line) => line.length <= 80));
});

test('a filter that leaves nothing of a history is refused, and does not show an empty one', () => {
  const refused = (...args: string[]): string => {
    const { stdout, stderr, status } = cfsbench('history', 'show', '--store', store, ...args);
    assert.deepEqual([stdout, status], ['', 1]);
    return stderr;
  };
  for (const format of ['text', 'json', 'html'])
    assert.match(
      refused('--scenario', 'chrun', '--format', format),
      /^cfsbench: the history has no scenario 'chrun' \(did you mean 'churn'\?\)\n {2}scenarios: .*churn/,
    );
  assert.match(
    refused('--scenario', 'churn', '--metric', 'opnat'),
    /^cfsbench: no metric and no system call of the history contains 'opnat'\n {2}folder: .*\n {2}scenario: churn\n/,
  );
});

test('show refuses two formats, and writes nothing', () => {
  const page = join(root, 'two.html');
  const two = ['--format', 'html', '--json', '--out', page];
  const { stderr, status } = cfsbench('history', 'show', '--store', store, ...two);
  assert.equal(status, 1);
  assert.match(stderr, /^cfsbench: --json and --format html name two formats\n/);
  assert.equal(existsSync(page), false);
  assert.equal(cfsbench('history', 'show', '--store', store, '--format', 'json', '--json').status, 0);
});

test('show --metric knows the runs that did not make a call', () => {
  const calls = join(root, 'calls');
  mkdirSync(calls);
  const newly = oneMore(base, { arm: 'unpacked-overlay', phase: 'create', actor: 'tar', call: 'getppid' });
  for (const [more, given] of [base, newly].entries())
    assert.equal(cfsbench('history', 'add', writeRun(given, 7 + more), '--store', calls).status, 0);
  const { stdout } = cfsbench('history', 'show', '--store', calls, '--metric', 'getppid');
  assert.match(stdout.replace(/\n +/g, ' '), /changed with run-8 \(commit \w+\): 0 -> 1/);
});

test('show --format json has every series, --format html is written to --out', () => {
  const trends = JSON.parse(cfsbench('history', 'show', '--store', store, '--json').stdout) as {
    of: { what: string };
    lines: unknown[];
  }[];
  assert.ok(trends.length > 50 && trends.every(({ lines }) => lines.length === 3));
  const page = join(root, 'history.html');
  const { stderr, status } = cfsbench('history', 'show', '--store', store, '--format', 'html', '--out', page);
  assert.equal(status, 0, stderr);
  assert.match(readFileSync(page, 'utf8'), /<h1>cfsbench history<\/h1>/);
});

test('a run.json with a wrong field is an error that names the field, and no bug of cfsbench', () => {
  const path = join(writeRun(base, 5), RUN_FILE);
  const run = JSON.parse(readFileSync(path, 'utf8'));
  run.catalogue.backends['composefs-fuse'].idle = 7;
  writeFileSync(path, JSON.stringify(run));
  const { stderr, status } = cfsbench('report', join(root, 'run-5'));
  assert.equal(status, 1);
  assert.match(stderr, /run\.json: catalogue\.backends\.composefs-fuse\.idle must be an array\n +found: 7\n/);
  assert.doesNotMatch(stderr, /bug|at .*\.js:/);
});

test('JSON is printable ASCII, whatever a run names', () => {
  const hostile = oneMore(base, {
    arm: 'unpacked-overlay',
    phase: 'create',
    actor: 'tar',
    call: 'a\u009b31m\u007f\u202e',
  });
  const [one, two] = [join(root, 'run-1'), writeRun(hostile, 9)];
  const other = join(root, 'hostile');
  mkdirSync(other);
  assert.equal(cfsbench('history', 'add', two, '--store', other).status, 0);
  for (const argv of [
    ['compare', one, two, '--json'],
    ['compare', one, two, one, '--json'],
    ['history', 'show', '--store', other, '--all', '--json'],
  ]) {
    const { stdout, stderr } = cfsbench(...argv);
    assert.match(stdout, /a\\u009b31m\\u007f\\u202e/, stderr);
    assert.match(stdout, /^[\n\x20-\x7e]*$/);
  }
});
