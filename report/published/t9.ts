import type { PublishedTable } from './table.ts';

const BASELINE = 'without sharing';

export const table: PublishedTable = {
  id: 'T9',
  title: 'memory with EROFS page-cache sharing, two versions of an image',
  by: 'Hongzhen Luo and Hongbo Li',
  date: '2026-01',
  where: 'EROFS page-cache sharing, Linux 7.0 (commit 5ef3208e3be5)',
  excerpt: true,
  differs: [
    'kernel: 7.0, or the patches for it',
    'disk and images: several, not named; published are the smallest and the largest saving',
  ],
  columns: ['reading them', 'running them'].map((title) => ({
    title,
    metric: 'memoryRatio',
    baseline: BASELINE,
  })),
  rows: [
    {
      name: 'with sharing',
      ours: null,
      values: [
        [0.51, 0.84],
        [0.53, 0.96],
      ],
    },
    { name: BASELINE, ours: null, values: [1, 1] },
  ],
};
