// Standard output and standard error that cannot be written: a command still cleans up and ends with a code that says so.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { diskFolder, PROGRAM, startProgram } from '../../end-to-end/support.ts';
import { deviceNode, noDeviceNodes } from '../../results/device-nodes.ts';

const root = mkdtempSync(join(tmpdir(), 'cfsbench-streams-'));
after(() => rmSync(root, { recursive: true }));
const dump = join(root, 'dump');
const image = join(root, 'image');
writeFileSync(dump, `/ 4096 40755 2 0 0 0 0.0 - - -\n${'/a 0 100644 1 0 0 0 0.0 - - -\n'}`);
assert.equal(spawnSync(process.execPath, [PROGRAM, 'image', 'build', `dump:${dump}`, image]).status, 0);

const LIMIT_MS = 60_000;

const COMMANDS: readonly (readonly string[])[] = [
  ['--help'],
  ['image', 'dump', image],
  ['image', 'inspect', image],
  ['clean', root],
  ['history', 'show', '--store', root],
];

const withStreams = (args: readonly string[], stdio: ('ignore' | 'pipe' | number)[]) =>
  spawnSync(process.execPath, [PROGRAM, ...args], { stdio, encoding: 'utf8', timeout: LIMIT_MS });

const withFile = <T>(path: string, flags: string, work: (fd: number) => T): T => {
  const fd = openSync(path, flags);
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
};

test('a full disk behind standard output ends a command with one sentence', { skip: noDeviceNodes }, () => {
  const full = join(root, 'full');
  deviceNode(full, 'full');
  withFile(full, 'w', (fd) => {
    for (const args of COMMANDS) {
      const { status, stderr } = withStreams(args, ['ignore', fd, 'pipe']);
      assert.equal(stderr, 'cfsbench: cannot write standard output: no space left\n', args.join(' '));
      assert.equal(status, 1, args.join(' '));
    }
    // Nothing can be said, so the exit code says it.
    assert.equal(withStreams(['image', 'inspect', image], ['ignore', fd, fd]).status, 1);
    assert.equal(withStreams(['report', '/none'], ['ignore', 'pipe', fd]).status, 1);
    assert.equal(withStreams(['image', 'inspect', image], ['ignore', 'pipe', fd]).status, 0);
  });
});

test('standard output that is open for reading only ends a command with one sentence', () => {
  withFile(dump, 'r', (fd) => {
    const { status, stderr } = withStreams(['image', 'dump', image], ['ignore', fd, 'pipe']);
    assert.equal(stderr, 'cfsbench: cannot write standard output: it is not open for this\n');
    assert.equal(status, 1);
  });
});

test('closed standard streams are like /dev/null', () => {
  for (const [closed, words, expected] of [
    ['>&-', ['image', 'dump', image], 0],
    ['>&- 2>&-', ['image', 'dump', image], 0],
    ['2>&-', ['report', '/none'], 1],
  ] as const) {
    const argv = ['-c', `"$@" ${closed}`, 'sh', process.execPath, PROGRAM, ...words];
    const { status, stderr } = spawnSync('sh', argv, { encoding: 'utf8', timeout: LIMIT_MS });
    assert.deepEqual([status, stderr], [expected, ''], closed);
  }
});

/** The exit code with a reader that has closed both pipes. */
const codeUnread = (args: readonly string[], cwd: string): Promise<number | null> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd });
    child.stdout.destroy();
    child.stderr.destroy();
    child.once('exit', resolve);
  });

test('a run whose reader has gone is interrupted, and removes its work folder', async (t) => {
  const home = diskFolder(t);
  const what = ['--images', 'synthetic:files=20', '--scenarios', 'walk-warm', '--count-only'];
  assert.equal(await codeUnread(['run', ...what, '--out', 'results'], home), 130);
  assert.deepEqual(
    readdirSync(home).filter((name) => name !== 'results'),
    [],
  );
});

test('an interrupt ends a command whose output nobody reads', async (t) => {
  const fifo = join(root, 'fifo');
  spawnSync('mkfifo', [fifo]);
  const running = startProgram(t, ['image', 'build', 'synthetic:files=2000', fifo]);
  const reader = openSync(fifo, 'r');
  // More follows than a pipe holds.
  readSync(reader, Buffer.alloc(1));
  running.child.kill('SIGINT');
  const { code, stderr } = await running.done;
  closeSync(reader);
  assert.deepEqual([code, stderr], [130, '']);
});

test('a command whose reader has gone ends with its own exit code', async () => {
  assert.equal(await codeUnread(['image', 'dump', image], root), 0);
  assert.equal(await codeUnread(['report', '/none'], root), 1);
});
