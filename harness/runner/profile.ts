// How much a run takes on. Budgets are wall time on two cores, from the first line to the report.

import type { AskedPlacement } from './groups.ts';

export interface Profile {
  readonly id: string;
  readonly title: string;
  /** Null: as long as it takes. */
  readonly budgetNs: number | null;
  /** Where the fewest blocks of everything have no room in the budget, it is stretched up to this rather than leave a claim out. */
  readonly stretchedNs?: number;
  readonly images: readonly string[];
  readonly scenarios: readonly string[];
  /** Fewest blocks: what must fit the budget. */
  readonly blocks: number;
  /** Most blocks: what rows that are still undecided may use of the time that is left. */
  readonly mostBlocks: number;
  readonly countPasses: number;
  /** Lives of an image within one timed slot of an empty store: more are steadier and take longer. */
  readonly lives: number;
  /** The larger parameters of each scenario too. */
  readonly large: boolean;
  readonly placement: AskedPlacement;
  /** Fresh runs that are put together; the budget is that of one. Absent: one. */
  readonly runs?: number;
}

const SECOND_NS = 1e9;
const HEADLINE = ['churn', 'walk-warm', 'walk-cold'];
/** What carries a claim, in the order in which it is kept where the budget is too small for all. */
const CLAIMS = [
  'churn-scale',
  'walk-writable',
  'sharing-cache',
  'many-stores',
  'lookup-trace',
  'tamper',
  'sharing-disk',
  'memory',
  'prefetch',
  'update',
  'live-mounts',
  'cleanup',
  'start-trace',
];
/** Claims at sizes that take their time. */
const FURTHER_CLAIMS = [
  'churn-shared-base',
  'random-stat',
  'read-all',
  'container-churn',
  'parallel-create',
  'build',
];
const MICRO = [
  'micro-stat',
  'micro-open',
  'micro-read',
  'micro-readlink',
  'micro-getxattr',
  'micro-getdents',
];
const IMAGES = [
  'fixture:debian-12-base',
  'fixture:debian-12-certs',
  'fixture:debian-12-python',
  'fixture:debian-12-nginx',
  'fixture:debian-12-python-security',
];

export const profiles: readonly Profile[] = [
  {
    id: 'quick',
    title: 'a first look: one small image, 20 s',
    budgetNs: 20 * SECOND_NS,
    images: ['fixture:debian-12-certs'],
    scenarios: HEADLINE,
    blocks: 8,
    mostBlocks: 8,
    countPasses: 3,
    lives: 1,
    large: false,
    placement: 'free',
  },
  {
    id: 'default',
    title:
      'the main job: a real image, all headline rows, the claims on trial, 90 s; on a slow machine up to 6 min',
    budgetNs: 90 * SECOND_NS,
    stretchedNs: 360 * SECOND_NS,
    images: ['fixture:debian-12-certs'],
    scenarios: [...HEADLINE, ...CLAIMS],
    blocks: 8,
    mostBlocks: 48,
    countPasses: 3,
    lives: 1,
    large: false,
    placement: 'needed',
  },
  {
    id: 'ci',
    title: 'more blocks and removal before write-back, 180 s',
    budgetNs: 180 * SECOND_NS,
    images: ['fixture:debian-12-static', 'fixture:debian-12-base'],
    scenarios: [...HEADLINE, 'churn-fresh'],
    blocks: 12,
    mostBlocks: 48,
    countPasses: 5,
    lives: 2,
    large: false,
    placement: 'both',
  },
  {
    id: 'full',
    title: 'everything, at the larger sizes too, 30 min',
    budgetNs: 1800 * SECOND_NS,
    images: IMAGES,
    scenarios: [...HEADLINE, ...CLAIMS, ...FURTHER_CLAIMS, 'churn-fresh', ...MICRO, 'live-mounts-10000'],
    blocks: 8,
    mostBlocks: 48,
    countPasses: 5,
    lives: 1,
    large: true,
    placement: 'both',
  },
];
