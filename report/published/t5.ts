import { inMs, type PublishedTable, walks } from './table.ts';

const BASELINE = 'erofs, buffered loop + overlay, lazy lookup';

export const table: PublishedTable = {
  id: 'T5',
  title: 'listing with the prototype of lazy lookup',
  by: 'Jingbo Xu',
  date: '2023-02-06',
  where: 'his mail of that day in the discussion of composefs v3',
  excerpt: false,
  differs: [
    'kernel: of February 2023 with a prototype of lazy lookup',
    'disk: another one; EROFS through a loop device, here from the file itself if the kernel can',
    'image: not measured here',
  ],
  columns: walks(BASELINE),
  rows: [
    { name: 'composefs kernel module', ours: null, values: inMs(404, 181) },
    { name: 'composefs kernel module, no readahead of the manifest', ours: null, values: inMs(523, 178) },
    { name: 'erofs, buffered loop', ours: 'erofs-only', values: inMs(300, 188) },
    { name: 'erofs, direct loop', ours: null, values: inMs(486, 188) },
    { name: 'erofs, direct loop, readahead of the manifest', ours: null, values: inMs(292, 190) },
    { name: BASELINE, ours: 'erofs-overlay', values: inMs(502, 286) },
    {
      name: 'erofs, direct loop + overlay, lazy lookup',
      ours: 'erofs-overlay-loop-dio',
      control: { row: BASELINE, ours: 'erofs-overlay-loop' },
      values: inMs(686, 285),
    },
    {
      name: 'erofs, direct loop, readahead of the manifest + overlay, lazy lookup',
      ours: null,
      values: inMs(484, 300),
    },
  ],
};
