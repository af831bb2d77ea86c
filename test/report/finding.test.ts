import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingOf } from '../../report/analysis/finding.ts';
import type { ArmView, CellView, RowView, TableView } from '../../report/view.ts';

const arms = [
  { id: 'erofs-overlay', role: 'baseline', variant: false },
  { id: 'composefs-fuse', role: 'arm', variant: false },
  { id: 'hardlink-checkout', role: 'arm', variant: true },
  { id: 'erofs-only', role: 'arm', variant: true },
] as unknown as readonly ArmView[];

const value = (median: number, center: number | null): CellView =>
  ({
    kind: 'value',
    median,
    n: 8,
    idle: false,
    versus:
      center === null
        ? null
        : {
            ratio: { kind: 'interval', center, lo: center * 0.9, hi: center * 1.1, confidence: 0.99, n: 8 },
            verdict: 'slower',
            floor: 20_000,
            detectable: null,
          },
  }) as unknown as CellView;

const rate = (metric: string, baseline: number): RowView =>
  ({
    metric,
    title: metric,
    info: { title: `${metric}, all at once`, better: 'higher', noise: 'noisy' },
    cells: [value(baseline, null), value(baseline / 2, 0.5), value(baseline / 100, 0.01), { kind: 'absent' }],
  }) as RowView;

const table = (params: string, rows: readonly RowView[]): TableView =>
  ({
    image: 'some-image',
    sections: [
      { scenario: 'churn', params: 'local=nothing', question: '', rows: [rate('imagesPerSecond', 7)] },
      { scenario: 'churn', params, question: '', rows },
    ],
  }) as TableView;

test('the finding is about local=files and names what its rate excludes', () => {
  const rows = [rate('imagesPerSecond', 500), rate('pulledImagesPerSecond', 80)];
  assert.equal(
    findingOf([table('local=files', rows)], arms, 99),
    'With all files of some-image local, erofs-overlay sets up, uses once and removes images at 500/s, one after another; the others as a multiple of that: composefs-fuse 0.50 (0.45..0.55); hardlink-checkout 0.010 (0.0090..0.011). These rates include neither ingest nor collect; with one of each per image the rate is 80.0/s.',
  );
});

test('a run without local=files has the finding of its first scenario', () => {
  const said = findingOf([table('local=image', [rate('imagesPerSecond', 900)])], arms, 99);
  assert.match(said, /^ImagesPerSecond, all at once, on some-image/);
  assert.match(said, /7\.00\/s \(local=nothing\) and 900\/s \(local=image\)/);
});
