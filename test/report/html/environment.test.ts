import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentSection } from '../../../report/html/environment.ts';
import type { Fairness } from '../../../results/schema/run.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';

const { run, samples } = exampleRun({ images: ['debian-12-base'] });

const given = (arm: string, more: Partial<Fairness> = {}): Fairness => ({
  image: 'debian-12-base',
  arm,
  manifestBytes: 921_600,
  inodeCount: 10,
  compactInodeCount: 1,
  extendedInodeCount: 9,
  xattrEntryCount: 2,
  hasAcl: false,
  digests: true,
  sparseFileCount: 0,
  backing: 'ext4 rw',
  mounts: [],
  ...more,
});

/** The cells of manifest, inodes and digests. */
const cellsOf = (row: Fairness): readonly string[] => {
  const text = environmentSection(viewOf({ ...run, fairness: [row] }, samples)).markup;
  const cells = [
    ...new RegExp(`<td class="text">${row.arm}</td>(.*?)</tr>`, 's')
      .exec(text)![1]!
      .matchAll(/<td[^>]*>(.*?)<\/td>/gs),
  ];
  return [0, 1, 4].map((at) => cells[at]![1]!);
};

test('an arm without a manifest shows no size, inodes or digests; in older runs its name decides', () => {
  const none = { manifestBytes: null, inodeCount: null, compactInodeCount: null, extendedInodeCount: null };
  assert.deepEqual(cellsOf(given('unpacked-overlay', { ...none, digests: false })), ['none', '–', 'no']);
  assert.deepEqual(cellsOf(given('some-new-backend', { ...none, digests: false })), ['none', '–', 'no']);
  assert.deepEqual(cellsOf(given('hardlink-checkout')), ['none', '–', 'no']);
  assert.deepEqual(cellsOf(given('erofs-overlay')), ['900 KiB', '1 + 9', 'yes']);
});
