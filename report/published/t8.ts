import { type PublishedTable, SECOND } from './table.ts';

const BASELINE = 'overlayfs snapshotter';
const seconds = (...values: readonly number[]) => values.map((value) => value * SECOND);

export const table: PublishedTable = {
  id: 'T8',
  title: 'the EROFS snapshotter of containerd, wordpress',
  by: 'Gao Xiang',
  date: '2024-12-12',
  where: 'Linux commit 6422cde1b0d5, link 20241212134336.2059899-1-hsiangkao@linux.alibaba.com',
  excerpt: false,
  differs: [
    'kernel: with the file-backed mounts of 6.12 and 6.13',
    'disk: not named',
    'image: wordpress; layers are EROFS images that hold the data, made during unpacking; no scenario does this',
  ],
  columns: ['unpack', 'first run', 'later runs'].map((title) => ({
    title,
    metric: 'snapshotterWallNs',
    baseline: BASELINE,
  })),
  rows: [
    { name: 'file-backed, buffered', ours: null, values: seconds(4.586404265, 0.308, 0.198) },
    { name: 'file-backed, direct', ours: null, values: seconds(4.581742849, 2.238, 0.222) },
    { name: 'loop device', ours: null, values: seconds(4.596023152, 0.346, 0.201) },
    { name: BASELINE, ours: null, values: seconds(5.382851037, 0.206, 0.214) },
  ],
};
