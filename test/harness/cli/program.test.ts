// The built program as a stranger meets it: help, lists, refusals and their exit codes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { profiles } from '../../../harness/cli/profile.ts';
import { sourceForms } from '../../../harness/images/registry.ts';
import { probes } from '../../../harness/probes/registry.ts';
import { scenarios } from '../../../scenarios/registry.ts';
import { diskFolder, PROGRAM } from '../../end-to-end/support.ts';

const TMPFS = 0x01021994;
const MEMORY = '/dev/shm';
const LONGEST_LINE = 100;

const cfsbench = (...args: string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', env: { ...process.env, COLUMNS: '' } });

test('every command explains itself', () => {
  const { stdout, status } = cfsbench('--help');
  assert.equal(status, 0);
  for (const command of ['run', 'report', 'list', 'doctor', 'clean', 'image']) {
    assert.match(stdout, new RegExp(`^ {2}${command}\\b`, 'm'));
    const help = cfsbench(command, '--help');
    assert.equal(help.status, 0, command);
    assert.match(help.stdout, new RegExp(`^Usage: cfsbench ${command}`));
    assert.ok(Math.max(...help.stdout.split('\n').map((line) => line.length)) <= LONGEST_LINE, command);
  }
  assert.match(stdout, /Exit codes: 0 measured;/);
});

test('list names every backend, scenario, probe, image source and profile', () => {
  const { stdout, status } = cfsbench('list');
  assert.equal(status, 0);
  const ids = [...backends, ...scenarios, ...probes, ...profiles].map(({ id }) => id);
  for (const id of [...ids, ...sourceForms.map(([form]) => form)]) assert.ok(stdout.includes(`  ${id} `), id);
  assert.match(stdout, /^ {2}debian-12-base /m);
});

test('what is wrong with the command line ends with exit code 1 and one sentence', () => {
  const cases: [string[], RegExp][] = [
    [['run', '--profile', 'slow'], /unknown profile: slow\n.*\n {2}try: cfsbench run --help/],
    [['run', '--backends', 'ext4'], /unknown backend: ext4/],
    [['run', '--scenarios', 'swim'], /unknown scenario: swim/],
    [['run', '--blocks', '3'], /3 blocks are too few/],
    [['run', '--blocks', 'many'], /a whole number is wanted/],
    [['run', '--budget', 'soon'], /write it as 90s, 5m or 1h/],
    [['run', '--faster'], /unknown option '--faster'/],
    [['fly'], /too many arguments|unknown command/],
    [['report', '/does/not/exist'], /\/does\/not\/exist/],
  ];
  for (const [args, said] of cases) {
    const { status, stderr } = cfsbench(...args);
    assert.equal(status, 1, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, said);
    assert.doesNotMatch(stderr, /^\s+at /m, 'no stack');
  }
});

test('an image that is not there is refused, and leaves no folder', (t) => {
  const home = diskFolder(t);
  for (const spec of [
    'fixture:none',
    'dump:/does/not/exist',
    'dir:/does/not/exist',
    'floppy:a',
    'synthetic:files=x',
  ]) {
    const { status, stderr } = cfsbench('run', '--images', spec, '--out', join(home, 'results'));
    assert.notEqual(status, 0, spec);
    assert.match(stderr, /^cfsbench: (?!this is a bug)/m, spec);
    assert.deepEqual(readdirSync(home), [], spec);
  }
});

test('results are never overwritten', (t) => {
  const home = diskFolder(t);
  writeFileSync(join(home, 'precious'), '');
  const { status, stderr } = cfsbench('run', '--out', home);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /the result folder is not empty: .*\n {2}results are never overwritten\n {2}try: --out /,
  );
  assert.deepEqual(readdirSync(home), ['precious']);
});

test('a folder that cannot be is refused in a sentence', (t) => {
  const home = diskFolder(t);
  const file = join(home, 'file');
  writeFileSync(file, '');
  for (const args of [
    ['--out', file],
    ['--out', join(file, 'below')],
    ['--out', join(home, 'results'), '--work', file],
  ]) {
    const { status, stderr } = cfsbench('run', ...args);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^cfsbench: (no folder can be made or written to|the result folder is not empty): /);
    assert.deepEqual(readdirSync(home), ['file']);
  }
});

test('a work folder in memory is refused unless it is asked for', {
  skip: existsSync(MEMORY) && statfsSync(MEMORY).type === TMPFS ? false : `${MEMORY} is no tmpfs`,
}, (t) => {
  const home = diskFolder(t);
  const before = readdirSync(MEMORY);
  const { status, stderr } = cfsbench('run', '--work', MEMORY, '--out', join(home, 'results'));
  assert.equal(status, 4, stderr);
  assert.match(stderr, /the work folder is in memory \(tmpfs\): \/dev\/shm/);
  assert.match(stderr, /--allow-tmpfs/);
  assert.deepEqual(readdirSync(MEMORY), before);
  assert.deepEqual(readdirSync(home), []);
});

test('a listing can be cut short by whoever reads it', () => {
  const { status, stderr } = spawnSync('sh', ['-c', '"$0" "$1" list | head -1', process.execPath, PROGRAM], {
    encoding: 'utf8',
  });
  assert.deepEqual([status, stderr], [0, '']);
});

test('an empty result folder may be there already', (t) => {
  const home = diskFolder(t);
  mkdirSync(join(home, 'empty'));
  const { stderr } = cfsbench('run', '--images', 'fixture:none', '--out', join(home, 'empty'));
  assert.doesNotMatch(stderr, /not empty/);
});
