import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openInspector } from '../../../harness/inspect/inspector.ts';
import type { InspectRequest, PathState } from '../../../harness/inspect/requests.ts';
import type { Replayed, StartStep } from '../../../harness/model/recorded-start.ts';
import { allowedCpus, pinToOneCpu } from '../../../harness/sys/affinity.ts';
import { temporaryFolder } from '../sys/support.ts';

const HANG_MS = 1000;

const pathStates = (...paths: readonly string[]): InspectRequest => ({ kind: 'path-states', paths });

test('one child handles all requests, also after a failed one, until it is closed', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'file');
  writeFileSync(file, 'abc', { mode: 0o640 });
  const inspector = openInspector();
  t.after(() => inspector.close());
  assert.equal(inspector.pid, null);
  const [one, absent] = (await inspector.inspect(pathStates(file, `${file}.absent`))) as readonly PathState[];
  assert.equal(one!.mode & 0o777, 0o640);
  assert.equal(absent!.error, 'ENOENT');
  const { pid } = inspector;
  const wrong = { kind: 'tamper', files: [{ how: 'mode', path: `${file}.absent`, other: file }] };
  await assert.rejects(inspector.inspect(wrong), { name: 'UserError', code: 'ENOENT' });
  await inspector.inspect(pathStates(file));
  assert.equal(inspector.pid, pid);
  await inspector.close();
  assert.equal(inspector.pid, null);
  assert.throws(() => process.kill(pid!, 0), { code: 'ESRCH' });
});

test('a request that hangs is ended with its child at the limit; a new child handles the next request', async (t) => {
  const folder = temporaryFolder(t);
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const inspector = openInspector();
  t.after(() => inspector.close());
  await inspector.inspect(pathStates(folder));
  const { pid } = inspector;
  const pair = { first: fifo, second: fifo, object: null, nameCount: 1 };
  const hanging = inspector.inspect({ kind: 'sharing', pairs: [pair], backing: [] }, { ms: HANG_MS });
  await assert.rejects(hanging, { code: 'timeout' });
  assert.throws(() => process.kill(pid!, 0), { code: 'ESRCH' });
  const [again] = (await inspector.inspect(pathStates(fifo))) as readonly PathState[];
  assert.equal(again!.error, null);
  assert.notEqual(inspector.pid, pid);
});

const oneCpu = allowedCpus().length > 1 ? false : 'the machine has one CPU';

test('the inspector runs on the CPUs of the requesting thread', {
  skip: oneCpu,
}, async (t) => {
  const inspector = openInspector();
  t.after(() => inspector.close());
  const ranOn = async (): Promise<string> => {
    await inspector.inspect(pathStates('/'));
    return /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync(`/proc/${inspector.pid}/status`, 'utf8'))![1]!;
  };
  const all = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/thread-self/status', 'utf8'))![1]!;
  const unpin = pinToOneCpu();
  try {
    assert.equal(await ranOn(), String(allowedCpus()[0]));
  } finally {
    unpin();
  }
  assert.equal(await ranOn(), all);
});

test('a start is replayed step by step; a difference from the record is an error', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), Buffer.alloc(3 * 4096));
  const inspector = openInspector();
  t.after(() => inspector.close());
  const replay = async (...steps: readonly StartStep[]): Promise<Replayed> =>
    (await inspector.inspect({ kind: 'replay', root: folder, steps } satisfies InspectRequest)) as Replayed;
  const { wallNs, againWallNs } = await replay(
    ['list', ''],
    ['stat', '/file'],
    ['absent', '/other'],
    ['open', '/file', [[0, 3]]],
  );
  assert.ok(wallNs > 0 && againWallNs > 0);
  await assert.rejects(replay(['absent', '/file']), /exists, but was absent when the start was recorded/);
  await assert.rejects(replay(['stat', '/other']), { code: 'ENOENT' });
  await assert.rejects(replay(['open', '/other', []]), { code: 'ENOENT' });
  await assert.rejects(replay(['list', '/file']), { code: 'ENOTDIR' });
});
