import { inMs, type PublishedTable, walks } from './table.ts';

/** Manifests of cfsbench have the filter. */
const BASELINE = 'with the filter';

export const table: PublishedTable = {
  id: 'T7',
  title: 'the xattr filter and noacl',
  by: 'Jingbo Xu',
  date: '2023-07',
  where: 'patches of the xattr filter for EROFS',
  excerpt: true,
  differs: ['kernel: mid 2023 with the patches in question', 'disk and image: not named in the excerpt'],
  columns: walks(BASELINE),
  rows: [
    { name: 'shared xattrs', ours: 'erofs-overlay-no-filter', values: inMs(468, 264) },
    { name: BASELINE, ours: 'erofs-overlay', values: inMs(370, 254) },
    { name: 'with noacl', ours: null, values: inMs(412, 216) },
    { name: 'with both', ours: 'erofs-overlay-noacl', values: inMs(318, 206) },
  ],
};
