import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { touch } from '../../../harness/sys/mapping.ts';
import { cachedBytes, residency, residentRanges } from '../../../harness/sys/residency.ts';
import { besideNeighbours } from '../../neighbours.ts';

const PAGE_BYTES = 4096;
/** 64 MiB: readahead around the touched pages must not reach the ends. */
const PAGES = 16_384;

test('touch reads a range into the page cache, and residentRanges finds it', (t) =>
  besideNeighbours(t, 'the caches', () => findsTouched(t)));

const findsTouched = async (t: TestContext): Promise<void> => {
  // On a disk: in a memory file system every page is always cached.
  const folder = mkdtempSync('/var/tmp/cfsbench-mapping-');
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'file');
  writeFileSync(path, Buffer.alloc(PAGES * PAGE_BYTES, 7));
  assert.deepEqual(residentRanges(path), [[0, PAGES]]);
  execFileSync('sync', [path]);
  execFileSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
  if (residency(path).residentPages > 0) return t.skip('this file system does not drop its pages');
  const fd = openSync(path, 'r');
  touch(fd, 8000 * PAGE_BYTES, 4 * PAGE_BYTES, path);
  closeSync(fd);
  // Readahead continues in the background: a page counts as cached before it was read.
  const arrived = () => residentRanges(path).reduce((sum, [, count]) => sum + count, 0);
  for (let i = 0; i < 100 && arrived() !== residency(path).residentPages; i++) await sleep(50);
  const ranges = residentRanges(path);
  const cached = (page: number) => ranges.some(([from, count]) => from <= page && page < from + count);
  for (const page of [8000, 8001, 8002, 8003]) assert.ok(cached(page), `page ${page}`);
  assert.ok(!cached(0) && !cached(PAGES - 1));
  const pages = ranges.reduce((sum, [, count]) => sum + count, 0);
  assert.equal(pages, residency(path).residentPages);
  assert.equal(cachedBytes(path), pages * PAGE_BYTES);
};
