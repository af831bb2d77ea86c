import { inMs, type PublishedTable } from './table.ts';

const BASELINE = 'erofs, buffered loop + overlay';
const STATS = [1900, 1000, 500] as const;

export const table: PublishedTable = {
  id: 'T6',
  title: 'stat of random files, cold',
  by: 'Jingbo Xu',
  date: '2023-03-01',
  where: 'Message-ID 83829005-3f12-afac-9d05-8ba721a80b4d@linux.alibaba.com',
  excerpt: false,
  differs: [
    'kernel: early 2023, overlayfs without lazy lookup (6.5)',
    'disk: another one; the cache of the loop device changes the result by a factor of four',
    'image: not measured here; warm all rows took 16, 9 and 5.5 ms',
  ],
  columns: STATS.map((stats) => ({
    title: `${stats} files`,
    metric: 'statWallNs',
    baseline: BASELINE,
    ours: { scenario: 'random-stat', metric: 'statAllWallNs', params: { stats } },
  })),
  rows: [
    { name: 'composefs kernel module', ours: null, values: inMs(352, 311, 258) },
    { name: 'erofs, raw disk', ours: null, values: inMs(355, 255, 179) },
    { name: 'erofs, direct loop', ours: null, values: inMs(367, 260, 180) },
    {
      name: 'erofs, direct loop + overlay',
      ours: 'erofs-overlay-loop-dio',
      control: { row: BASELINE, ours: 'erofs-overlay-loop' },
      values: inMs(379, 262, 182),
    },
    { name: 'erofs, buffered loop', ours: 'erofs-only', values: inMs(85, 71, 55) },
    { name: BASELINE, ours: 'erofs-overlay', values: inMs(96, 77, 60) },
  ],
};
