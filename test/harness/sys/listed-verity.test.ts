// fs-verity in call lists. Where this machine has none, its digests are read from a file in the place of the request.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CallListBuilder, makeCalls } from '../../../harness/sys/call-list.ts';
import { files } from '../../../harness/sys/files.ts';
import { runThroughKoffi } from '../../../harness/sys/koffi-list.ts';
import { layOut } from '../../../harness/sys/list-table.ts';
import { runList } from '../../../harness/sys/run-list.ts';
import { answering, FS_IOC_MEASURE_VERITY, measuredBytes } from '../support/fake-verity.ts';
import { temporaryFolder } from './support.ts';

const DIGEST = Array.from({ length: 32 }, (_, i) => (200 + i).toString(16).padStart(2, '0')).join('');

const openCount = (): number => files.names('/proc/self/fd').length;

const sampleFile = (t: TestContext): string => {
  const path = join(temporaryFolder(t), 'file');
  writeFileSync(path, 'contents');
  return path;
};

const expectation = (path: string, digest: string): CallListBuilder => {
  const list = new CallListBuilder();
  const fd = list.open(path, 0);
  list.expectVerity(fd, path, digest);
  list.close(fd);
  return list;
};

test('a digest is compared whole, and so are its algorithm and its length', (t) => {
  const path = sampleFile(t);
  const ask = (answer: Buffer, digest = DIGEST): boolean => {
    const { calls, results } = expectation(path, digest);
    return runList(answering(t, calls, { [FS_IOC_MEASURE_VERITY]: answer }), results);
  };
  const before = openCount();
  assert.equal(ask(measuredBytes(DIGEST)), true);
  for (let at = 0; at < 32; at++) {
    const other = Buffer.from(DIGEST, 'hex');
    other[at]! ^= 1;
    assert.throws(() => ask(measuredBytes(other.toString('hex'))), {
      code: 'wrong-digest',
      facts: [`manifest: ${path}`, `expected: ${DIGEST}`, `enforced: ${other.toString('hex')}`],
    });
  }
  // SHA-512 of the same first bytes.
  assert.throws(() => ask(measuredBytes(DIGEST.repeat(2), 2)), {
    code: 'wrong-digest',
    facts: [`manifest: ${path}`, `expected: ${DIGEST}`, 'enforced: none'],
  });
  assert.equal(openCount(), before + 34, 'only the files of the answers are open');
});

test('without the C library the comparison is the same', (t) => {
  const path = sampleFile(t);
  const failedAt = (answer: Buffer): number => {
    const calls = answering(t, expectation(path, DIGEST).calls, { [FS_IOC_MEASURE_VERITY]: answer });
    layOut(calls);
    return runThroughKoffi(calls);
  };
  assert.equal(failedAt(measuredBytes(DIGEST)), -1);
  assert.equal(failedAt(measuredBytes(`${DIGEST.slice(0, 62)}00`)), 2 + 8, 'the last word differs');
});

test('a file without fs-verity has no digest, and gets one only where its file system supports it', (t) => {
  const path = sampleFile(t);
  const before = openCount();
  assert.throws(() => runList(expectation(path, DIGEST).calls, []), {
    code: 'wrong-digest',
    facts: [`manifest: ${path}`, `expected: ${DIGEST}`, 'enforced: none'],
  });
  const enable = (): void =>
    makeCalls((list) => {
      const fd = list.open(path, 0);
      list.enableVerity(fd, path);
      list.close(fd);
    });
  let isEnabled = true;
  try {
    enable();
  } catch (error) {
    isEnabled = false;
    assert.equal((error as { code: string }).code, 'no-verity');
    assert.deepEqual((error as { facts: string[] }).facts, [path]);
  }
  assert.equal(openCount(), before);
  const fd = files.open(path, 0);
  t.after(() => files.close(fd));
  const enforced = files.measureVerity(fd);
  assert.equal(enforced !== null, isEnabled);
  if (enforced !== null) assert.equal(runList(expectation(path, enforced).calls, []), true);
  assert.equal(readFileSync(path, 'utf8'), 'contents');
});
