// The calls of a start fail where a page or a file cannot be read: a faster start is no start.
import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Start } from '../../../harness/model/lives.ts';
import { runThroughKoffi } from '../../../harness/sys/koffi-list.ts';
import { bind } from '../../../harness/sys/libc.ts';
import { layOut, resultOf } from '../../../harness/sys/list-table.ts';
import { mappableRange, touch } from '../../../harness/sys/mapping.ts';
import { runList } from '../../../harness/sys/run-list.ts';
import { startCalls } from '../../../harness/sys/start-calls.ts';
import { temporaryFolder } from './support.ts';

const PAGE_BYTES = 4096;
const cGetdents = bind<(fd: number, into: Uint8Array, size: number) => number>(
  'getdents64',
  ...['int', 'void *', 'size_t'],
);
const PAGES = 9;

const fileOf = (t: TestContext): { root: string; path: string } => {
  const root = temporaryFolder(t);
  writeFileSync(join(root, 'file'), Buffer.alloc(PAGES * PAGE_BYTES - 100, 7));
  return { root, path: join(root, 'file') };
};

const opened = (...ranges: (readonly [page: number, count: number])[]): Start => ({
  recorded: [['open', '/file', ranges]],
});

/** Mappings of this process of a file. */
const mappedCount = (path: string): number =>
  readFileSync('/proc/self/maps', 'latin1').split(path).length - 1;

for (const populates of [true, false])
  test(`a start reads pages, and fails at a page that cannot be read (MADV_POPULATE_READ: ${populates})`, (t) => {
    const { root, path } = fileOf(t);
    const run = (start: Start): boolean => runList(startCalls(root, start, populates), []);
    // Of words of four pages the last has fewer.
    for (let count = 1; count <= PAGES; count++) assert.ok(run(opened([0, count], [PAGES - count, count])));
    // A page beyond the end of a file is no page: the kernel answers as for a read error.
    for (const range of [
      [PAGES - 1, 2],
      [PAGES, 1],
      [0, 2 * PAGES],
    ] as const)
      assert.throws(() => run(opened([0, 1], range)), { code: 'EFAULT' }, `${range}`);
    assert.equal(mappedCount(path), 0);
  });

for (const populates of [true, false])
  test(`a replayed start fails at a page that cannot be read (MADV_POPULATE_READ: ${populates})`, (t) => {
    const { path } = fileOf(t);
    const fd = openSync(path, 'r');
    t.after(() => closeSync(fd));
    touch(fd, 0, PAGES * PAGE_BYTES, path, populates);
    assert.throws(() => touch(fd, PAGE_BYTES, PAGES * PAGE_BYTES, path, populates), { code: 'EFAULT' });
    assert.equal(mappedCount(path), 0);
  });

test('a start that reads whole files fails where one of them ends early', (t) => {
  const root = temporaryFolder(t);
  const start = (sizeBytes: number): Start => ({ files: [{ path: 'file', sizeBytes }] });
  for (const sizeBytes of [1, 65_536, 65_537, 200_000]) {
    writeFileSync(join(root, 'file'), Buffer.alloc(sizeBytes, 1));
    assert.ok(runList(startCalls(root, start(sizeBytes)), []));
    assert.throws(() => runList(startCalls(root, start(sizeBytes + 1)), []), {
      code: 'EIO',
      message: /^read: .*/,
    });
    // Without the C library.
    const calls = startCalls(root, start(sizeBytes + 1));
    layOut(calls);
    assert.equal(calls[runThroughKoffi(calls)]!.args[2], (sizeBytes % 65_536) + 1);
  }
});

test('a start lists a folder to its end, however many calls that takes', (t) => {
  const root = temporaryFolder(t);
  // Names of more than three calls.
  for (let i = 0; i < 700; i++)
    mkdirSync(join(root, 'folder', String(i).padStart(250, '0')), { recursive: true });
  const into = Buffer.alloc(64 * 1024);
  // All but the close.
  const calls = startCalls(root, { recorded: [['list', '/folder']] }).slice(0, -1);
  const withoutLibrary = (): void => {
    layOut(calls);
    assert.equal(runThroughKoffi(calls), -1);
  };
  for (const run of [() => runList(calls, []), withoutLibrary]) {
    run();
    const fd = resultOf(0);
    assert.equal(cGetdents(fd, into, into.length), 0);
    closeSync(fd);
  }
});

test('a kernel with larger pages maps all of each page that has a recorded one', () => {
  assert.deepEqual(mappableRange([5, 2], 4096), { offset: 5 * 4096, sizeBytes: 2 * 4096 });
  assert.deepEqual(mappableRange([0, 1], 16_384), { offset: 0, sizeBytes: 16_384 });
  assert.deepEqual(mappableRange([3, 2], 16_384), { offset: 0, sizeBytes: 2 * 16_384 });
  assert.deepEqual(mappableRange([17, 15], 65_536), { offset: 65_536, sizeBytes: 65_536 });
});
