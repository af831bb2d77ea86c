import { inMs, type PublishedTable, walks } from './table.ts';

const BASELINE = 'overlay + erofs, sparse (1 Feb 2023)';

export const table: PublishedTable = {
  id: 'T1',
  title: 'listing cs9-developer',
  by: 'Alexander Larsson',
  date: '2023-01-24',
  where: 'Re: [PATCH v3 0/6] Composefs, Message-ID 5fb32a1297821040edd8c19ce796fc0540101653.camel@redhat.com',
  excerpt: false,
  differs: [
    'kernel: early 2023, overlayfs without lazy lookup (6.5), EROFS through a loop device',
    'disk: xfs on his machine',
    'image: cs9-developer, 64,246 entries; the sparse EROFS row is of 1 February',
    'order: hyperfine, 10 runs of one arm after those of another',
  ],
  columns: walks(BASELINE),
  rows: [
    { name: 'composefs kernel module', ours: null, values: inMs(681, 391) },
    { name: 'overlay + squashfs', ours: null, values: inMs(2483, 429) },
    { name: 'overlay + ext4', ours: null, values: inMs(4332, 528) },
    { name: 'overlay + erofs, 2.5 GB and not sparse', ours: null, values: inMs(3045, 517) },
    { name: 'overlay + directory', ours: null, values: inMs(2562, 525) },
    { name: BASELINE, ours: 'erofs-overlay', values: inMs(1788, 532) },
  ],
};
