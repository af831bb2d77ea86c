// The built program on its command line: help, lists, errors and their exit codes.
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
const HELP_COLUMNS = 80;

const cfsbench = (...args: string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', env: { ...process.env, COLUMNS: '' } });

/** Names of the commands in a help text. */
const commandsIn = (help: string): readonly string[] =>
  [...(help.split('\nCommands:\n')[1] ?? '').split('\n\n')[0]!.matchAll(/^ {2}([a-z]+)/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'help');

test('every command has help that fits 80 columns', () => {
  const { stdout, status } = cfsbench('--help');
  assert.equal(status, 0);
  const left: string[][] = commandsIn(stdout).map((name) => [name]);
  assert.ok(left.length >= 11);
  for (let command = left.shift(); command !== undefined; command = left.shift()) {
    const help = cfsbench(...command, '--help');
    assert.equal(help.status, 0, command.join(' '));
    assert.ok(help.stdout.startsWith(`Usage: cfsbench ${command.join(' ')} `), help.stdout);
    assert.deepEqual(
      help.stdout.split('\n').filter((line) => line.length > HELP_COLUMNS),
      [],
    );
    left.push(...commandsIn(help.stdout).map((name) => [...command!, name]));
  }
  assert.match(stdout, /^Exit codes:\n {2}0 +measured$/m);
});

test('list names every backend, scenario, probe, image source and profile', () => {
  const { stdout, status } = cfsbench('list');
  assert.equal(status, 0);
  const ids = [...backends, ...scenarios, ...probes, ...profiles].map(({ id }) => id);
  const terms = stdout
    .split('\n')
    .flatMap((line) => (/^ {2}\S/.test(line) ? [line.trim().split(' ')[0]] : []));
  for (const id of [...ids, ...sourceForms.map(([form]) => form)]) assert.ok(terms.includes(id), id);
  assert.match(stdout, /^ {2}debian-12-base /m);
  assert.match(stdout, /^Features were tried in \/.*\.\n\nHeadline backends /);
});

test('the help of run and of image build has every kind of image source, with what a rollback needs', () => {
  for (const command of [['run'], ['image', 'build']]) {
    const help = cfsbench(...command, '--help').stdout.replace(/\s+/g, ' ');
    for (const [form] of sourceForms) {
      const kind = form.slice(0, form.indexOf(':') + 1);
      assert.ok(help.includes(kind === 'remote:' ? form : kind), `${command.join(' ')}: ${form}`);
    }
  }
});

test('a wrong command line is refused with exit code 1, one sentence and the nearest name', () => {
  const cases: [string[], RegExp][] = [
    [['run', '--profile', 'slow'], /^cfsbench: unknown profile 'slow'.*\n.*\n {2}try: cfsbench run --help/],
    [['run', '--backends', 'ext4'], /unknown backend 'ext4'/],
    [['run', '--scenarios', 'swim'], /unknown scenario 'swim'/],
    [
      ['run', '--blocks', '3'],
      /^cfsbench: --blocks must be a whole number from 8 to 10000\n {2}given: 3\n {2}an interval/,
    ],
    [['run', '--blocks', '8000000'], /^cfsbench: --blocks must be .* from 8 to 10000\n {2}given: 8000000\n/],
    [
      ['run', '--budget', 'soon'],
      /^cfsbench: --budget must be a time .*\n {2}given: soon\n {2}try: --budget 90s/,
    ],
    [['run', '--count-passes', '0'], /^cfsbench: --count-passes must be a whole number from 1 to 100\n/],
    [['run', '--runs', '0'], /^cfsbench: --runs must be a whole number from 1 to 100\n/],
    [
      ['run', '--bogus'],
      /^cfsbench: unknown option '--bogus' \(did you mean '--blocks'\?\)\n {2}try: cfsbench run --help\n$/,
    ],
    [['--quux=1'], /^cfsbench: unknown option '--quux=1'\n/],
    [
      ['clean', '--dry'],
      /unknown option '--dry' \(did you mean '--dry-run'\?\)\n {2}try: cfsbench clean --help/,
    ],
    [['pol'], /^cfsbench: unknown command 'pol' \(did you mean 'pool'\?\)\n {2}try: cfsbench --help\n$/],
    [['image', 'biuld'], /^cfsbench: unknown command 'biuld' \(did you mean 'build'\?\)/],
    [['pool'], /^cfsbench: no run to pool\n {2}try: cfsbench pool RUN\.\.\., or .*\n$/],
    [
      ['report', 'x', '--format', 'mail', '--claims', 'C99'],
      /^cfsbench: unknown claim 'C99' \(did you mean 'C9'\?\)\n/,
    ],
    [['report', 'x', '--format', 'htm'], /^cfsbench: unknown format 'htm' \(did you mean 'html'\?\)\n/],
    [['report', '/does/not/exist'], /\/does\/not\/exist/],
  ];
  for (const [args, said] of cases) {
    const { status, stderr } = cfsbench(...args);
    assert.equal(status, 1, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, said);
    assert.doesNotMatch(stderr, /^\s+at /m, 'no stack');
  }
});

test('a missing image is refused, and leaves no folder', (t) => {
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

test('a work folder that is kept is named, also if the run ends by an error', (t) => {
  const home = diskFolder(t);
  const images = ['--images', 'dump:/does/not/exist'];
  const { status, stdout } = cfsbench('run', ...images, '--keep-work', '--out', join(home, 'results'));
  assert.equal(status, 1);
  const [kept] = readdirSync(home);
  assert.ok(stdout.startsWith(`Work:    ${join(home, kept!)} (kept; `), stdout);
});

test('results are never overwritten', (t) => {
  const home = diskFolder(t);
  writeFileSync(join(home, 'precious'), '');
  const { status, stderr } = cfsbench('run', '--out', home);
  assert.equal(status, 1);
  assert.match(stderr, /the run folder is not empty: .*\n {2}results are never overwritten\n {2}try: --out /);
  assert.deepEqual(readdirSync(home), ['precious']);
});

test('a folder that cannot be created is refused', (t) => {
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
    assert.match(
      stderr,
      /^cfsbench: (cannot (create|write to) the folder|the run folder is not empty:|not a folder:|cannot list) /,
    );
    assert.deepEqual(readdirSync(home), ['file']);
  }
});

test('a work folder in memory is refused without --allow-tmpfs', {
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

test('a reader may close the pipe of a listing early', () => {
  const { status, stderr } = spawnSync('sh', ['-c', '"$0" "$1" list | head -1', process.execPath, PROGRAM], {
    encoding: 'utf8',
  });
  assert.deepEqual([status, stderr], [0, '']);
});

test('an existing empty result folder is accepted', (t) => {
  const home = diskFolder(t);
  mkdirSync(join(home, 'empty'));
  const { stderr } = cfsbench('run', '--images', 'fixture:none', '--out', join(home, 'empty'));
  assert.doesNotMatch(stderr, /not empty/);
});
