// Commands and targets that cannot be written or read: each is one sentence and exit code 1, and leaves nothing.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openJournal } from '../../../results/journal.ts';
import { PROGRAM } from '../../end-to-end/support.ts';
import { deviceNode, noDeviceNodes } from '../../results/device-nodes.ts';
import { example } from '../../results/gate/support.ts';

const NOBODY = 65534;

const root = mkdtempSync('/var/tmp/cfsbench-targets-');
after(() => rmSync(root, { recursive: true }));
chmodSync(root, 0o755);
const at = (...names: string[]): string => join(root, ...names);

const writeRun = (folder: string): void => {
  const { run, samples } = example({ images: ['debian-12-static'], blocks: 8 });
  const journal = openJournal(folder);
  for (const sample of samples) journal.append(sample);
  journal.writeRun({ ...run, status: 'complete' });
  journal.close();
};

const run = at('run');
writeRun(run);
writeFileSync(at('dump'), '/ 4096 40755 2 0 0 0 0.0 - - -\n');
writeFileSync(at('file'), '');
mkdirSync(at('folder'));
writeFileSync(at('folder/in-it'), '');
mkdirSync(at('read-only'), 0o555);
symlinkSync('loop', at('loop'));
execFileSync('mkfifo', [at('fifo')]);
if (noDeviceNodes === false) {
  deviceNode(at('null'), 'null');
  deviceNode(at('full'), 'full');
}

/** Names, kinds and targets of links of everything below a folder. */
const listing = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const stat = lstatSync(join(folder, name));
      return `${name} ${stat.mode} ${stat.isFile() ? stat.size : ''}`;
    })
    .sort();

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

const LIMIT_MS = 60_000;

const cfsbench = (args: readonly string[], identity: { uid?: number; gid?: number } = {}): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [PROGRAM, ...args],
      { cwd: root, timeout: LIMIT_MS, encoding: 'utf8', maxBuffer: 1 << 26, ...identity },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });

const SENTENCE = /^cfsbench: [^\n]+\n(?: {2}[^\n]+\n)*$/;

const assertSentence = ({ code, stderr }: Ended, what: string): void => {
  assert.match(stderr, SENTENCE, what);
  assert.doesNotMatch(stderr, /bug|^ +at /m, what);
  assert.equal(code, 1, `${what}: ${stderr}`);
};

/** Two at a time: a start of the program takes one CPU. */
const inPairs = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
};

const OUTPUTS: Readonly<Record<string, (target: string) => readonly string[]>> = {
  report: (target) => ['report', run, '--format', 'json', '--out', target],
  compare: (target) => ['compare', run, run, '--format', 'markdown', '--out', target],
  pool: (target) => ['pool', run, '--out', target],
  history: (target) => ['history', 'show', '--store', at('read-only'), '--out', target],
  build: (target) => ['image', 'build', `dump:${at('dump')}`, target],
};
const STORE = (target: string): readonly string[] => ['history', 'add', run, '--store', target];
const RUN = (target: string): readonly string[] => ['run', '--images', 'fixture:none', '--out', target];
const WORK = (target: string): readonly string[] => [...RUN(at('results')), '--work', target];

const MISSING = at('none', 'x');
const BELOW_FILE = at('file', 'h');
const LONG = at('x'.repeat(300));
const NO_FOLDERS = '/proc/none/x';

test('an output that cannot be written', async () => {
  const before = listing(root);
  const everyCommand = Object.keys(OUTPUTS).map((name) => [name, MISSING] as const);
  const everyTarget: readonly (readonly [command: string, target: string])[] = [
    ['report', BELOW_FILE],
    ['report', `${MISSING}/`],
    ['compare', LONG],
    ['pool', NO_FOLDERS],
    ['history', at('folder')],
    ['history', `${at('none')}/`],
    ['build', at('loop')],
    ...(noDeviceNodes === false ? [['build', at('full')] as const] : []),
  ];
  await inPairs([...everyCommand, ...everyTarget], async ([name, target]) =>
    assertSentence(await cfsbench(OUTPUTS[name]!(target)), `${name} ${target}`),
  );
  assert.deepEqual(listing(root), before);
});

test('a folder that cannot be made', async () => {
  const before = listing(root);
  const commands = [
    ...[BELOW_FILE, LONG, NO_FOLDERS, at('loop', 'x'), at('file')].map(RUN),
    ...[BELOW_FILE, at('file')].map(STORE),
    ...[at('none'), at('file')].map(WORK),
  ];
  await inPairs(commands, async (args) => assertSentence(await cfsbench(args), args.join(' ')));
  assert.deepEqual(listing(root), before);
});

/** A copy of the run in which one file is something else. */
const broken = (name: string, file: string, make: (path: string) => void): string => {
  const copy = at(name);
  cpSync(run, copy, { recursive: true });
  rmSync(join(copy, file));
  make(join(copy, file));
  return copy;
};

const makeFifo = (path: string): void => void execFileSync('mkfifo', [path]);

test('an input that cannot be read', async () => {
  const run1 = broken('run-fifo', 'run.json', makeFifo);
  const journal = broken('journal-link', 'samples.ndjson', (path) => symlinkSync('/dev/zero', path));
  mkdirSync(at('layout'));
  makeFifo(at('layout', 'oci-layout'));
  const before = listing(root);
  const commands: readonly (readonly string[])[] = [
    ...[run1, journal, at('none'), at('file'), LONG].map((bad) => ['report', bad]),
    ['history', 'add', journal, '--store', at('folder')],
    ['compare', run, run1],
    ['compare', run, run, '--config', at('fifo')],
    ['pool', journal],
    ['pool', at('file')],
    ['run', '--resume', run1],
    ['image', 'inspect', '/dev/zero'],
    ['image', 'dump', at('loop')],
    ['image', 'build', 'dump:/dev/zero', at('image')],
    ['image', 'build', 'oci:/etc/passwd/x', at('image')],
    ['image', 'build', `oci:${at('layout')}`, at('image')],
    ['image', 'build', `dir:${LONG}`, at('image')],
    ['image', 'build', `dir:${at('fifo')}`, at('image')],
    ['clean', BELOW_FILE],
  ];
  await inPairs(commands, async (args) => assertSentence(await cfsbench(args), args.join(' ')));
  assert.deepEqual(listing(root), before);
});

test('every command names the sample that a journal has twice', async () => {
  const lines = readFileSync(join(run, 'samples.ndjson'), 'utf8');
  const twice = broken('twice', 'samples.ndjson', (path) =>
    writeFileSync(path, `${lines}${lines.split('\n')[2]}\n`),
  );
  const before = listing(root);
  const commands: readonly (readonly string[])[] = [
    ['report', twice],
    ['history', 'add', twice, '--store', at('folder')],
    ['compare', run, twice, '--gate'],
    ['pool', twice],
    ['run', '--resume', twice],
  ];
  const last = lines.split('\n').length;
  await inPairs(commands, async (args) => {
    const ended = await cfsbench(args);
    const stderr = ended.stderr.replace(/^The run is complete.*\n/, '');
    assertSentence({ ...ended, stderr }, args.join(' '));
    assert.match(
      stderr,
      new RegExp(`samples\\.ndjson: sample 2 is in lines 3 and ${last}\n`),
      args.join(' '),
    );
  });
  assert.deepEqual(listing(root), before);
});

test('an ordinary user gets one sentence for a path without permission', async (t) => {
  const user = { uid: NOBODY, gid: NOBODY };
  if (process.geteuid?.() !== 0) return t.skip('needs root to become another user');
  const { status } = spawnSync(process.execPath, [PROGRAM, '--version'], { ...user, cwd: '/' });
  if (status !== 0) return t.skip('another user cannot run the program here');
  const secret = at('secret');
  cpSync(run, secret, { recursive: true });
  chmodSync(secret, 0o700);
  const before = listing(root);
  const target = at('read-only', 'x');
  const commands = [
    ...['report', 'build'].map((name) => OUTPUTS[name]!(target)),
    STORE(at('read-only')),
    RUN(target),
    WORK(at('read-only')),
    ['report', secret],
    ['report', run, '--format', 'csv'],
    ['history', 'show', '--store', secret],
  ];
  await inPairs(commands, async (args) => {
    const ended = await cfsbench(args, user);
    assertSentence(ended, args.join(' '));
    assert.match(ended.stderr, /permission denied/);
  });
  assert.deepEqual(listing(root), before);
});

test('a device, a fifo and a link are written to or through, never replaced', {
  skip: noDeviceNodes,
}, async () => {
  symlinkSync('null', at('to-null'));
  for (const target of [at('null'), at('to-null')])
    for (const name of ['report', 'build']) {
      const ended = await cfsbench(OUTPUTS[name]!(target));
      assert.equal(ended.code, 0, ended.stderr);
    }
  assert.ok(lstatSync(at('null')).isCharacterDevice());
  assert.equal(readlinkSync(at('to-null')), 'null');
  const { stdout } = await cfsbench(OUTPUTS['report']!('/dev/stdout'));
  assert.equal(typeof JSON.parse(stdout), 'object');
});

test('a refused run leaves no parents of its result folder', async () => {
  for (const more of [[], ['--runs', '2']]) {
    const { code } = await cfsbench([...RUN(at('new', 'parent', 'results')), ...more]);
    assert.notEqual(code, 0);
    assert.ok(!existsSync(at('new')), more.join(' '));
  }
});

const cases = process.env['CFSBENCH_CASES'];
const withoutCases = cases === undefined ? 'CFSBENCH_CASES names no folder' : false;

test('case 43: targets that cannot be written', { skip: withoutCases }, () => {
  const script = join(cases!, '43-unwritable-targets', 'try.sh');
  const program = `${process.execPath} ${PROGRAM}`;
  // The script leaves a temporary folder.
  const env = { ...process.env, TMPDIR: root };
  const { stdout, stderr } = spawnSync('sh', [script, program, run], { encoding: 'utf8', cwd: root, env });
  // A report may be written into a folder.
  const lines = stdout
    .trim()
    .split('\n')
    .filter((line) => !line.includes('--format junit'));
  assert.equal(lines.length, 5, stdout);
  for (const line of lines)
    assert.match(line, /^rc=1 .*: 0 lines of trace; cfsbench: (cannot|no such) .+: .+$/);
  // The last line of the script fills a small file system.
  assert.match(stderr, /^cfsbench: cannot write .*o\.json: no space left\n$/);
});

test('case 44: a folder where none can be made', { skip: withoutCases }, () => {
  const script = join(cases!, '44-mkdir-that-never-ends', 'try.sh');
  const program = at('cfsbench');
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`, { mode: 0o755 });
  const env = { ...process.env, CFSBENCH: program };
  const { stdout, stderr } = spawnSync('sh', [script], { encoding: 'utf8', cwd: root, env });
  assert.equal(stdout, 'rc=1\n');
  assert.match(stderr, SENTENCE);
  rmSync(program);
});
