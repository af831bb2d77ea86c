// How much a run takes on. Budgets are wall time on two cores, from the first line to the report.

import type { AskedPlacement } from '../runner/groups.ts';

export interface Profile {
  readonly id: string;
  readonly title: string;
  /** Null: as long as it takes. */
  readonly budgetNs: number | null;
  readonly images: readonly string[];
  /** Images that only these scenarios are asked of: what writes every file of a large one, again and again, takes the time of all else. */
  readonly imageScenarios?: Readonly<Record<string, readonly string[]>>;
  readonly scenarios: readonly string[];
  /** Of them, those that are counted and not timed. */
  readonly countedOnly?: readonly string[];
  /** Fewest blocks: what must fit the budget. */
  readonly blocks: number;
  /** Most blocks: what rows that are still undecided may use of the time that is left. */
  readonly mostBlocks: number;
  readonly countPasses: number;
  /** Long lives of an image within one timed slot: more are steadier and take longer. */
  readonly lives: number;
  /** The larger parameters of each scenario too. */
  readonly large: boolean;
  readonly placement: AskedPlacement;
  /** Fresh runs that are put together; the budget is that of one. Absent: one. */
  readonly runs?: number;
}

const SECOND_NS = 1e9;
const HEADLINE = ['churn', 'walk-warm', 'walk-cold'];
/** What carries a claim that a small image answers, and needs no more than counting. */
const COUNTED_CLAIMS = ['churn-scale', 'many-stores', 'lookup-trace', 'tamper'];
/** What carries a claim about readahead, stacking, growth or memory, which needs at least 20,000 entries. */
const LARGE_CLAIMS = ['prefetch', 'memory', 'walk-writable'];
/** What carries a claim and takes its time. */
const FURTHER_CLAIMS = [
  'sharing-cache',
  'sharing-disk',
  'update',
  'start-trace',
  'live-mounts',
  'cleanup',
  'walk-servers-warm',
  'walk-servers-cold',
];
const FURTHER = [
  'churn-shared-base',
  'random-stat',
  'read-all',
  'container-churn',
  'parallel-create',
  'churn-fresh',
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
const LARGE = 'fixture:debian-12-developer';
/** What is read of it, and never written: `churn-scale` and `memory` name it themselves. */
const ON_LARGE = ['walk-warm', 'walk-cold', ...LARGE_CLAIMS];

/** Five hold the error; seven tell an effect that was published from none in nine of ten cases. */
const EVIDENCE_RUNS = 7;

const FULL = {
  images: [LARGE, 'fixture:debian-12-base'],
  imageScenarios: { [LARGE]: ON_LARGE },
  scenarios: [...HEADLINE, ...LARGE_CLAIMS, ...COUNTED_CLAIMS, ...FURTHER_CLAIMS],
  blocks: 8,
  mostBlocks: 48,
  countPasses: 3,
  lives: 1,
  large: true,
  placement: 'needed',
} as const satisfies Partial<Profile>;

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
    title: 'the main job: a container base image, all headline rows, claims that it can answer, 90 s',
    budgetNs: 90 * SECOND_NS,
    images: ['fixture:debian-12-base'],
    scenarios: [...HEADLINE, ...COUNTED_CLAIMS],
    countedOnly: ['churn-scale'],
    blocks: 8,
    mostBlocks: 48,
    countPasses: 3,
    lives: 1,
    large: false,
    placement: 'free',
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
    title: 'every claim, on an image of 62,964 entries and on a base image, 30 min',
    budgetNs: 1800 * SECOND_NS,
    ...FULL,
  },
  {
    id: 'evidence',
    title: `what full asks, in ${EVIDENCE_RUNS} fresh runs that are put together, 3 h`,
    budgetNs: 1500 * SECOND_NS,
    runs: EVIDENCE_RUNS,
    ...FULL,
  },
  {
    id: 'all',
    title: 'everything that can be asked, as long as it takes',
    budgetNs: null,
    ...FULL,
    scenarios: [...FULL.scenarios, ...FURTHER, ...MICRO, 'live-mounts-10000'],
  },
];
