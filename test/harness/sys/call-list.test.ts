// Call lists through the C library and through koffi: same results, same failures.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fdOf, textOf } from '../../../harness/model/calls.ts';
import { CallListBuilder, makeCalls } from '../../../harness/sys/call-list.ts';
import { files } from '../../../harness/sys/files.ts';
import { ECANCELED, ENOENT, NR } from '../../../harness/sys/libc.ts';
import { resultOf } from '../../../harness/sys/list-table.ts';
import { ALWAYS } from '../../../harness/sys/listed-call.ts';
import { waitList } from '../../../harness/sys/run-list.ts';
import { libraryPath, windowKind } from '../../../harness/sys/timed.ts';
import { windows } from '../../../harness/sys/windows.ts';
import { temporaryFolder, windowKindWith } from './support.ts';

const openCount = (): number => files.names('/proc/self/fd').length;

test('a list is made in order, and results pass from call to call', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'written');
  makeCalls((list) => {
    list.mkdir(join(folder, 'a'), 0o700);
    const fd = list.open(path, 0o301);
    list.write(fd, Buffer.from('two '));
    list.write(fd, Buffer.from('pieces'));
    list.close(fd);
    list.rename(path, join(folder, 'a/moved'));
  });
  assert.equal(readFileSync(join(folder, 'a/moved'), 'utf8'), 'two pieces');
  assert.equal(statSync(join(folder, 'a')).mode & 0o777, 0o700);
  makeCalls((list) => {
    list.unlink(join(folder, 'a/moved'));
    list.rmdir(join(folder, 'a'));
  });
  assert.deepEqual(files.names(folder), []);
});

test('a descriptor can stand in a path, in the middle and at the end', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), 'here');
  const { inside, whole } = makeCalls((list) => {
    const fd = list.open(folder, 0);
    const at = ['/proc/self/fd/', fd as never];
    // Call lists have such texts only in mount options; open reads them here.
    const text = list as unknown as { openText(text: readonly unknown[], flags: number): { value: number } };
    return { inside: text.openText([...at, '/file'], 0), whole: text.openText(at, 0) };
  });
  const read = Buffer.alloc(4);
  files.pread(inside.value, read, 0);
  assert.equal(read.toString(), 'here');
  assert.deepEqual(files.names(`/proc/self/fd/${whole.value}`), ['file']);
  for (const fd of [inside, whole]) files.close(fd.value);
});

test('a failure names call and file, ends the list, and closes its descriptors', (t) => {
  const folder = temporaryFolder(t);
  const missing = join(folder, 'missing/file');
  const before = openCount();
  assert.throws(
    () =>
      makeCalls((list) => {
        list.open(folder, 0);
        list.close(list.open(folder, 0));
        list.unlink(missing);
        list.mkdir(join(folder, 'never'), 0o755);
      }),
    { code: 'ENOENT', message: /unlink/, facts: [missing] },
  );
  assert.equal(openCount(), before);
  assert.deepEqual(files.names(folder), []);
});

test('a call that a later pass does not make keeps no descriptor of an earlier one', (t) => {
  const folder = temporaryFolder(t);
  const list = new CallListBuilder();
  list.mkdir(join(folder, 'once'), 0o755);
  const fd = list.openText(folder, 0);
  // Fails until the second pass, whose first call fails.
  list.add({
    number: NR.statx,
    args: [-100, join(folder, 'missing'), 0, 0, Buffer.alloc(256)],
    notYet: ENOENT,
    onFailure: () => assert.fail('the first pass is not the last one'),
  });
  list.close(fd, ALWAYS);
  const poll = (condition: () => boolean): boolean => {
    while (!condition());
    return true;
  };
  assert.throws(() => waitList(list.calls, { pauseNs: 1, limitMs: 10_000, poll }), { code: 'EEXIST' });
  assert.equal(resultOf(fd.index), -ECANCELED);
});

test('reading a result before the list was made is an error', (t) => {
  const folder = temporaryFolder(t);
  const fd = makeCalls((list) => {
    const later = list.open(folder, 0);
    assert.throws(() => fdOf(later), /before the list was made/);
    assert.throws(() => textOf(['/proc/self/fd/', later as never]), /before the list was made/);
    return later;
  });
  assert.ok(fdOf(fd) > 2);
  files.close(fdOf(fd));
});

test('a list can have many calls and long texts', (t) => {
  const folder = temporaryFolder(t);
  const names = Array.from({ length: 400 }, (_, i) => join(folder, `${i}`.padStart(200, 'x')));
  makeCalls((list) => {
    for (const name of names) list.mkdir(name, 0o755);
  });
  assert.equal(files.names(folder).length, names.length);
  makeCalls((list) => {
    for (const name of names) list.rmdir(name);
  });
});

test('a large write is complete', (t) => {
  const path = join(temporaryFolder(t), 'large');
  const bytes = Buffer.alloc(9_000_001, 'x');
  makeCalls((list) => list.writeNew(path, bytes));
  assert.ok(readFileSync(path).equals(bytes));
});

test('the time of a window is less than the time around it; through koffi there is no window', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'a'));
  const before = { ...windows };
  const from = process.hrtime.bigint();
  makeCalls((list) => {
    for (let i = 0; i < 50; i++) {
      list.mkdir(join(folder, 'a/b'), 0o755);
      list.rmdir(join(folder, 'a/b'));
    }
  });
  const aroundNs = Number(process.hrtime.bigint() - from);
  const ns = windows.ns - before.ns;
  if (windowKind === 'one call') {
    assert.ok(ns > 0 && ns < aroundNs, `${ns} of ${aroundNs}`);
    assert.equal(windows.count, before.count + 1);
    assert.equal(windows.outsideCount, before.outsideCount);
  } else {
    assert.equal(windows.count, before.count);
    assert.equal(windows.outsideCount, before.outsideCount + 1);
  }
});

test('pauses of a process with the library end when they should', () => {
  const slackNs = readFileSync('/proc/self/timerslack_ns', 'utf8');
  if (windowKind === 'one call') assert.equal(slackNs, '1\n');
});

const isAgain = process.env['CFSBENCH_TEST_AGAIN'] !== undefined;

test('all tests of this file pass with koffi, too', { skip: isAgain }, () => {
  const env = { PATH: process.env['PATH'], CFSBENCH_WINDOW: 'koffi', CFSBENCH_TEST_AGAIN: '1' };
  assert.equal(windowKindWith(env), 'calls through koffi');
  const { status, stdout } = spawnSync(process.execPath, ['--test', fileURLToPath(import.meta.url)], {
    env,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout);
});

test('koffi is the fallback for a library that does not load', { skip: isAgain }, () => {
  assert.equal(windowKindWith({ CFSBENCH_WINDOW: fileURLToPath(import.meta.url) }), 'calls through koffi');
  assert.ok(windowKind === 'one call' || !existsSync(libraryPath));
});
