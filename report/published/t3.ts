import { type PublishedTable, SECOND } from './table.ts';

const BASELINE = 'erofs + overlay';
const elapsed = (scenario: string) => ({
  title: 'ls -lR, cold',
  metric: 'walkWallNs',
  baseline: BASELINE,
  ours: { scenario, metric: 'walkWallNs' },
});
const peak = { title: 'memory.peak', metric: 'memoryPeakBytes', baseline: BASELINE };
const WRITABLE = 'with a writable overlay on top';

export const table: PublishedTable = {
  id: 'T3',
  title: 'listing a Fedora image, read-only and through a writable overlay',
  by: 'Giuseppe Scrivano',
  date: '2023-01-25',
  where: 'Message-ID 87wn5ac2z6.fsf@redhat.com',
  excerpt: false,
  differs: [
    'kernel: early 2023, overlayfs without lazy lookup (6.5)',
    'disk: not named',
    'image: a Fedora image; memory.peak of the cgroup that listed it, after the caches were dropped',
  ],
  columns: [
    { ...elapsed('walk-cold'), setup: 'read-only' },
    { ...peak, setup: 'read-only' },
    { ...elapsed('walk-writable'), setup: WRITABLE },
    { ...peak, setup: WRITABLE },
  ],
  rows: [
    {
      name: 'composefs kernel module',
      ours: null,
      values: [0.71 * SECOND, 16_367_616, 1.38 * SECOND, 31_014_912],
    },
    {
      name: BASELINE,
      ours: 'erofs-overlay',
      values: [1.81 * SECOND, 48_390_144, 3.22 * SECOND, 48_308_224],
    },
  ],
};
