import assert from 'node:assert/strict';
import fs, {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { liveRuns, lockRun } from '../../../harness/sys/run-locks.ts';

const NAME = 'cfsbench-run-00000000-0000-0000-0000-00000000000';
let folder = '';
const before = process.env['CFSBENCH_LOCKS'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cfsbench-locks-'));
  process.env['CFSBENCH_LOCKS'] = folder;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  process.env['CFSBENCH_LOCKS'] = before;
});

const run = (name: string) => ({
  pid: process.pid,
  startedAt: '2026-01-15T10:00:00.000Z',
  runDir: `/runs/${name}`,
});

test('a run lists the other runs that measure, until they end', async () => {
  const first = await lockRun(run('a'));
  assert.deepEqual(first.others, []);
  assert.equal(statSync(first.path!).mode & 0o777, 0o644);
  assert.deepEqual(liveRuns(first.path), []);
  const second = await lockRun(run('b'));
  assert.deepEqual(second.others, [run('a')]);
  assert.deepEqual(liveRuns(first.path), [run('b')]);
  first.close();
  assert.deepEqual(liveRuns(), [run('b')]);
  second.close();
  assert.deepEqual(readdirSync(folder), []);
});

test('a run removes the files of processes that were killed before they had their locks', async () => {
  const ids = [0, 1].map((digit) => `0000000${digit}-0000-0000-0000-000000000000`);
  const [old, recent] = ids.map((id) => join(folder, `cfsbench-new-${id}`));
  for (const path of [old!, recent!, join(folder, 'cfsbench-new-other')]) writeFileSync(path, '');
  for (const path of [old!, join(folder, 'cfsbench-new-other')]) utimesSync(path, 1, 1);
  const lock = await lockRun(run('a'));
  lock.close();
  assert.deepEqual(readdirSync(folder).sort(), [`cfsbench-new-${ids[1]}`, 'cfsbench-new-other']);
});

test('a pool and the run that it started count as one', async () => {
  const pool = await lockRun({ ...run('pool'), pid: 11 });
  const child = { ...run('pool/1'), pid: 12, poolPid: 11 };
  const one = await lockRun(child);
  const other = await lockRun(run('other'));
  assert.deepEqual(other.others, [child]);
  for (const lock of [pool, one, other]) lock.close();
});

test('of several runs that start together, all but one see another run', async () => {
  const locks = await Promise.all(['a', 'b', 'c', 'd'].map((name) => lockRun(run(name))));
  assert.deepEqual(locks.map(({ others }) => others.length).sort(), [0, 1, 2, 3]);
  for (const lock of locks) lock.close();
});

test('a run that looks while another makes its file does not remove it', async (t) => {
  const { writeSync } = fs;
  let looks = 0;
  const write = (fd: number, text: string): number => {
    looks++;
    liveRuns();
    return writeSync(fd, text);
  };
  t.mock.method(fs, 'writeSync', write as typeof writeSync);
  syncBuiltinESMExports();
  const lock = await lockRun(run('a')).finally(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  assert.equal(looks, 1);
  assert.deepEqual(liveRuns(), [run('a')]);
  const third = await lockRun(run('b'));
  assert.deepEqual(third.others, [run('a')]);
  for (const one of [lock, third]) one.close();
  assert.deepEqual(readdirSync(folder), []);
});

test('the file of a killed run is removed; a link or another file with such a name stays', async () => {
  writeFileSync(join(folder, `${NAME}1`), JSON.stringify(run('killed')));
  writeFileSync(join(folder, 'target'), 'x');
  symlinkSync(join(folder, 'target'), join(folder, `${NAME}2`));
  writeFileSync(join(folder, 'cfsbench-run-other'), '');
  const lock = await lockRun(run('a'));
  assert.deepEqual(lock.others, []);
  assert.ok(!existsSync(join(folder, `${NAME}1`)));
  assert.ok(existsSync(join(folder, `${NAME}2`)) && existsSync(join(folder, 'target')));
  lock.close();
});

test('a lock file with wrong contents counts as a run in an unknown folder', async () => {
  const lock = await lockRun({ ...run('a'), pid: Number.NaN });
  assert.deepEqual(
    (await lockRun(run('b'))).others.map(({ runDir }) => runDir),
    ['an unknown folder'],
  );
  lock.close();
});

test('without a folder runs do not look for each other', async () => {
  for (const value of ['', join(folder, 'missing')]) {
    process.env['CFSBENCH_LOCKS'] = value;
    const lock = await lockRun(run('a'));
    assert.deepEqual([lock.path, lock.others, liveRuns()], [null, [], []]);
    lock.close();
  }
});
