import { MB, MS, type PublishedColumn, type PublishedTable, type PublishedValue, walks } from './table.ts';

const PLAIN = 'erofs + overlay';
const LAZY = 'erofs + overlay, lazy lookup';
const XFS = 'xfs host, 6.1.13';
const VM = 'ext4 VM, newest kernel + lazy lookup';

const columnsOf = (setup: string, baseline: string): readonly PublishedColumn[] => [
  ...walks(baseline, setup),
  {
    setup,
    title: 'memory.peak',
    metric: 'memoryPeakBytes',
    baseline,
    ours: { scenario: 'memory', metric: 'groupPeakBytes' },
  },
];

type Cells = readonly [coldMs: number, warmMs: number, peakMb: number];

const values = (...machines: readonly (Cells | null)[]): readonly PublishedValue[] =>
  machines.flatMap((cells) =>
    cells === null ? [null, null, null] : [cells[0] * MS, cells[1] * MS, cells[2] * MB],
  );

export const table: PublishedTable = {
  id: 'T2',
  title: 'listing cs9-developer, two machines',
  by: 'Alexander Larsson',
  date: '2023-03-03',
  where: 'linux-fsdevel, thread of the LSF/MM/BPF topic on composefs',
  excerpt: false,
  differs: [
    'kernel: 6.1.13 on the host; on the VM the newest of March 2023 with the patches for lazy lookup, which came with 6.5',
    'disk: xfs on a host, ext4 in a VM; EROFS through a loop device, here from the file itself if the kernel can',
    'image: cs9-developer, 64,246 entries',
  ],
  columns: [...columnsOf(XFS, PLAIN), ...columnsOf(VM, LAZY)],
  rows: [
    { name: 'plain directory', ours: 'plain-directory', values: values([1449, 442, 54], [1135, 394, 54]) },
    { name: 'erofs, loop', ours: 'erofs-only', values: values([700, 391, 45], [715, 401, 46]) },
    { name: 'erofs, direct-I/O loop', ours: null, values: values([939, 400, 45], [922, 401, 45]) },
    { name: PLAIN, ours: 'erofs-overlay', values: values([1827, 530, 130], [1412, 515, 148]) },
    {
      name: 'erofs + overlay, direct-I/O loop',
      ours: 'erofs-overlay-loop-dio',
      control: { row: PLAIN, ours: 'erofs-overlay-loop' },
      values: values([2156, 531, 130], [1810, 532, 149]),
    },
    { name: LAZY, ours: 'erofs-overlay', values: values(null, [1063, 523, 87]) },
    { name: 'composefs kernel module', ours: null, values: values([689, 389, 51], [719, 463, 51]) },
  ],
};
