import { inMs, type PublishedTable, walks } from './table.ts';

const BASELINE = 'erofs + overlay';

export const table: PublishedTable = {
  id: 'T4',
  title: 'listing the root of tensorflow 2.10.0',
  by: 'Jingbo Xu',
  date: '2023-02-01',
  where: 'Message-ID 51d9d1b3-2b2a-9b58-2f7f-f3a56c9e04ac@linux.alibaba.com',
  excerpt: false,
  differs: [
    'kernel: 6.2, overlayfs without lazy lookup (6.5)',
    'disk: capped at 6,800 I/O operations per second',
    'image: the tensorflow 2.10.0 container',
  ],
  columns: walks(BASELINE),
  rows: [
    { name: 'composefs kernel module', ours: null, values: inMs(326, 135) },
    { name: 'erofs alone', ours: 'erofs-only', values: inMs(264, 172) },
    { name: BASELINE, ours: 'erofs-overlay', values: inMs(651, 238) },
    { name: 'squashfs', ours: null, values: inMs(538, 211) },
    { name: 'squashfs + overlay', ours: null, values: inMs(968, 302) },
    { name: 'squashfs, uncompressed', ours: null, values: inMs(406, 172) },
    { name: 'squashfs, uncompressed + overlay', ours: null, values: inMs(833, 264) },
    { name: 'erofs + overlay, every file redirected to one object', ours: null, values: inMs(400, 230) },
  ],
};
