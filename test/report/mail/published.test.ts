// Published ratios in a mail, as a whole text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishedLines } from '../../../report/mail/published.ts';
import type { PublishedCell, PublishedView, ReportView } from '../../../report/view.ts';
import type { Interval } from '../../../results/stats/interval.ts';

const interval = (center: number): Interval => ({
  kind: 'interval',
  center,
  lo: center * 0.9,
  hi: center * 1.1,
  confidence: 0.9875,
  n: 24,
});

const cell = (ratio: PublishedCell['ratio'], ours: Interval | null): PublishedCell => ({
  value: ratio,
  ratio,
  ours,
});

const table: PublishedView = {
  id: 'T2',
  title: 'ls -lR',
  source: 'A. Author, 2023-01-20, linux-unionfs',
  differs: ['kernel', 'disk', 'image'],
  columns: [
    { setup: 'SSD', title: 'cold', metric: 'walkNs', baseline: 'erofs + overlay', image: 'debian-12-base' },
    { setup: null, title: 'raw disk', metric: 'walkNs', baseline: 'erofs', image: null },
  ],
  rows: [
    {
      name: 'plain directory',
      arm: 'plain-directory',
      control: null,
      cells: [cell(0.7931, interval(0.5)), cell(2, null)],
    },
    { name: 'lazy lookup', arm: null, control: null, cells: [cell([0.5, 0.75], null), cell(null, null)] },
    {
      name: 'direct I/O',
      arm: 'erofs-direct',
      control: { row: 'buffered', ours: 'erofs-loop' },
      cells: [cell(1.5, { kind: 'tooFew', n: 2, needed: 8 }), cell(3, null)],
    },
    { name: 'not published here', arm: null, control: null, cells: [cell(null, null), cell(1, null)] },
  ],
};

const mailed = (published: readonly PublishedView[]): string =>
  publishedLines({ published } as unknown as ReportView).join('\n');

test('a table names its source and differences, and has each published ratio beside the one measured here', () => {
  assert.equal(
    mailed([table]),
    `\
Published: A. Author, 2023-01-20, linux-unionfs. Differs: kernel; disk;
image.
T2, SSD, cold; to erofs + overlay; here: debian-12-base
row [nearest arm here]            |  published |              here
----------------------------------|------------|------------------
plain directory [plain-directory] |       0.79 | 0.50 (0.45..0.55)
lazy lookup                       | 0.50..0.75 |                 -
direct I/O [erofs-direct]         |       1.50 |                 -
  direct I/O: to buffered, here to erofs-loop
`,
  );
});

test('rows of which little is left beside the numbers have their names on lines above', () => {
  const rows = ['first', 'second'].map((end) => ({
    name: `a row with a name that is much longer than its column, the ${end}`,
    arm: 'erofs-overlay',
    control: null,
    cells: [cell(0.5, interval(0.5)), cell(null, null)],
  }));
  const lines = mailed([{ ...table, rows }]).split('\n');
  for (const end of ['first', 'second'])
    assert.ok(
      lines.some((line) => line.includes(`the ${end}`)),
      end,
    );
  assert.equal(lines.filter((line) => /^ +\| +0\.50 \| 0\.50/.test(line)).length, 2);
});

test('a published table without a measured ratio is left out', () => {
  const nothing = table.rows.map((row) => ({
    ...row,
    cells: row.cells.map(({ ratio }) => cell(ratio, null)),
  }));
  assert.equal(mailed([{ ...table, rows: nothing }]), '');
});
