import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLooker } from '../../../harness/look/looker.ts';
import type { Question, Seen } from '../../../harness/look/questions.ts';
import type { Replayed, Step } from '../../../harness/model/recorded-start.ts';
import { allowedCpus, pinToOneCpu } from '../../../harness/sys/affinity.ts';
import { temporaryFolder } from '../sys/support.ts';

const seen = (...paths: readonly string[]): Question => ({ kind: 'seen', paths });

test('one child answers question after question, one that fails among them, and ends when it is told to', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'file');
  writeFileSync(file, 'abc', { mode: 0o640 });
  const looker = openLooker();
  t.after(() => looker.end());
  assert.equal(looker.pid, null);
  const [one, absent] = (await looker.look(seen(file, `${file}.absent`))) as readonly Seen[];
  assert.equal(one!.mode & 0o777, 0o640);
  assert.equal(absent!.error, 'ENOENT');
  const { pid } = looker;
  const wrong = { kind: 'tamper', files: [{ how: 'mode', path: `${file}.absent`, other: file }] };
  await assert.rejects(looker.look(wrong), { name: 'UserError', code: 'ENOENT' });
  await looker.look(seen(file));
  assert.equal(looker.pid, pid);
  await looker.end();
  assert.equal(looker.pid, null);
  assert.throws(() => process.kill(pid!, 0), { code: 'ESRCH' });
});

test('a question that hangs costs its time and the child; the next one is answered by another', async (t) => {
  const folder = temporaryFolder(t);
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const looker = openLooker(5000);
  t.after(() => looker.end());
  await looker.look(seen(folder));
  const { pid } = looker;
  const pair = { first: fifo, second: fifo, object: null, nameCount: 1 };
  await assert.rejects(looker.look({ kind: 'sharing', pairs: [pair], backing: [] }), { code: 'timeout' });
  assert.throws(() => process.kill(pid!, 0), { code: 'ESRCH' });
  const [again] = (await looker.look(seen(fifo))) as readonly Seen[];
  assert.equal(again!.error, null);
  assert.notEqual(looker.pid, pid);
});

const oneCpu = allowedCpus().length > 1 ? false : 'there is one CPU only';

test('it answers on the CPUs of the thread that asks, wherever it was started', {
  skip: oneCpu,
}, async (t) => {
  const looker = openLooker();
  t.after(() => looker.end());
  const ranOn = async (): Promise<string> => {
    await looker.look(seen('/'));
    return /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync(`/proc/${looker.pid}/status`, 'utf8'))![1]!;
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

test('a start is replayed step by step, and what differs from the record is told', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), Buffer.alloc(3 * 4096));
  const looker = openLooker();
  t.after(() => looker.end());
  const replay = async (...steps: readonly Step[]): Promise<Replayed> =>
    (await looker.look({ kind: 'replay', root: folder, steps } satisfies Question)) as Replayed;
  const { wallNs, againWallNs } = await replay(
    ['list', ''],
    ['stat', '/file'],
    ['absent', '/other'],
    ['open', '/file', [[0, 3]]],
  );
  assert.ok(wallNs > 0 && againWallNs > 0);
  await assert.rejects(replay(['absent', '/file']), /is there, and was not when it was recorded/);
  await assert.rejects(replay(['stat', '/other']), { code: 'ENOENT' });
  await assert.rejects(replay(['open', '/other', []]), { code: 'ENOENT' });
  await assert.rejects(replay(['list', '/file']), { code: 'ENOTDIR' });
});
