// The calls of a start fail where a page or a file cannot be read: a faster start is no start.
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Start } from '../../../harness/model/lives.ts';
import { runThroughKoffi } from '../../../harness/sys/koffi-list.ts';
import { layOut } from '../../../harness/sys/list-table.ts';
import { touch } from '../../../harness/sys/mapping.ts';
import { runList } from '../../../harness/sys/run-list.ts';
import { startCalls } from '../../../harness/sys/start-calls.ts';
import { temporaryFolder } from './support.ts';

const PAGE_BYTES = 4096;
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
