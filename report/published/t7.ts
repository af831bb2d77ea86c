import { inMs, type PublishedTable, walks } from './table.ts';

const BASELINE = 'shared xattrs';

export const table: PublishedTable = {
  id: 'T7',
  title: 'the xattr filter and noacl',
  by: 'Jingbo Xu',
  date: '2023-07',
  where: 'patches of the xattr filter for EROFS',
  excerpt: true,
  differs: [
    'kernel: mid 2023 with the patches in question',
    'disk and image: not said in the excerpt',
    'ours without the filter is the same manifest without the bit that announces it',
  ],
  columns: walks(BASELINE),
  rows: [
    { name: BASELINE, ours: 'erofs-overlay-no-filter', values: inMs(468, 264) },
    { name: 'with the filter', ours: 'erofs-overlay', values: inMs(370, 254) },
    { name: 'with noacl', ours: null, values: inMs(412, 216) },
    { name: 'with both', ours: 'erofs-overlay-noacl', values: inMs(318, 206) },
  ],
};
