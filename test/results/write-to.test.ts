// Outputs that the user named: files are replaced as a whole, also through links; devices and fifos are written to and stay.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { writeTo } from '../../results/write-to.ts';
import { deviceNode, noDeviceNodes } from './device-nodes.ts';

const root = mkdtempSync(join(tmpdir(), 'cfsbench-write-to-'));
after(() => rmSync(root, { recursive: true }));
const at = (...names: string[]): string => join(root, ...names);
const content = (path: string): string => readFileSync(path, 'utf8');

test('a file is made or replaced, and keeps its permissions', async () => {
  await writeTo(at('new'), ['a', 'b']);
  assert.equal(content(at('new')), 'ab');
  writeFileSync(at('old'), 'old contents');
  // What the umask would forbid a new file.
  chmodSync(at('old'), 0o666);
  const { ino } = statSync(at('old'));
  await writeTo(at('old'), [Buffer.from('bytes')]);
  assert.equal(content(at('old')), 'bytes');
  assert.equal(statSync(at('old')).mode & 0o777, 0o666);
  assert.notEqual(statSync(at('old')).ino, ino, 'a new file under the old name');
});

test('links are followed: the file that they name is replaced, or made', async () => {
  mkdirSync(at('elsewhere'));
  symlinkSync('elsewhere', at('folder'));
  symlinkSync('target', at('folder/second'));
  symlinkSync(at('folder/second'), at('first'));
  for (const piece of ['made', 'replaced']) {
    await writeTo(at('first'), [piece]);
    assert.equal(content(at('elsewhere/target')), piece);
  }
  assert.equal(readlinkSync(at('first')), at('folder/second'));
  assert.deepEqual(readdirSync(at('elsewhere')).sort(), ['second', 'target']);
});

test('a failure while the text is made leaves the old file', async () => {
  writeFileSync(at('kept'), 'kept');
  const pieces = async function* (): AsyncGenerator<string> {
    yield 'x'.repeat(100_000);
    throw new Error('no more');
  };
  const names = readdirSync(root);
  await assert.rejects(writeTo(at('kept'), pieces()), { message: 'no more' });
  assert.equal(content(at('kept')), 'kept');
  assert.deepEqual(readdirSync(root), names);
});

test('a fifo takes more than it holds, at the pace of its reader', async () => {
  execFileSync('mkfifo', [at('fifo')]);
  // It opens late and reads late.
  const slow = ['-c', 'sleep 0.1; exec <"$1"; sleep 0.1; exec cat', 'sh', at('fifo')];
  const reader = spawn('sh', slow, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [got] = await Promise.all([text(reader.stdout), writeTo(at('fifo'), ['x'.repeat(300_000), 'end'])]);
  assert.equal(got, `${'x'.repeat(300_000)}end`);
  assert.ok(lstatSync(at('fifo')).isFIFO());
});

test('a device is written to and stays a device', { skip: noDeviceNodes }, async () => {
  deviceNode(at('null'), 'null');
  symlinkSync(at('null'), at('to-null'));
  for (const path of [at('null'), at('to-null')]) await writeTo(path, ['gone']);
  assert.ok(lstatSync(at('null')).isCharacterDevice());
  deviceNode(at('full'), 'full');
  await assert.rejects(writeTo(at('full'), ['x']), { message: `cannot write ${at('full')}: no space left` });
  assert.ok(lstatSync(at('full')).isCharacterDevice());
});

test('a path that cannot be written gives one sentence', async () => {
  symlinkSync('loop', at('loop'));
  mkdirSync(at('folder-to-write'));
  const cases: readonly (readonly [path: string, reason: string])[] = [
    [at('none', 'x'), 'its folder does not exist'],
    [at('new', 'x'), 'a part of the path is not a folder'],
    [at('folder-to-write'), 'it is a folder, not a file'],
    [`${at('missing')}/`, 'this names a folder'],
    [at('loop'), 'too many symbolic links'],
    [at('x'.repeat(300)), 'the name is too long'],
    ['/proc/none', 'no file can be made there'],
  ];
  const names = readdirSync(root);
  for (const [path, reason] of cases)
    await assert.rejects(writeTo(path, ['x']), { message: `cannot write ${path}: ${reason}` });
  assert.deepEqual(readdirSync(root), names);
});
