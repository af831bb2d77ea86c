// Profiles: named choices of images, scenarios, blocks and budget. Budgets are wall time on two cores.
import type { Params } from '../../results/schema/shared.ts';
import type { AskedPlacement } from '../runner/groups.ts';

export interface Profile {
  readonly id: string;
  readonly title: string;
  /** Null: no limit. */
  readonly budgetNs: number | null;
  readonly images: readonly string[];
  /** Images that only these scenarios measure: writing every file of a large image again and again would use up the budget. */
  readonly imageScenarios?: Readonly<Record<string, readonly string[]>>;
  readonly scenarios: readonly string[];
  /** Those that rank below all others, whatever the image. */
  readonly last?: readonly string[];
  /** Scenario parameters that are not measured, by scenario id. */
  readonly withoutParams?: Readonly<Record<string, Params>>;
  /** Scenarios that are counted and not timed. */
  readonly countedOnly?: readonly string[];
  /** Fewest blocks, which must fit the budget. */
  readonly blocks: number;
  /** Most blocks, for rows that are still undecided. */
  readonly mostBlocks: number;
  readonly countPasses: number;
  /** Long lives of an image within one timed slot: more are steadier and take longer. */
  readonly lives: number;
  /** Measure the larger parameters of each scenario too. */
  readonly large: boolean;
  readonly placement: AskedPlacement;
  /** Fresh runs that are pooled; the budget is that of one run. Absent: one. */
  readonly runs?: number;
}

const SECOND_NS = 1e9;
const HEADLINE = ['churn', 'walk-warm', 'walk-cold'];
/** Claims that counting on a small image decides. */
const COUNTED_CLAIMS = ['churn-scale', 'many-stores', 'lookup-trace', 'tamper'];
/** Claims about readahead, stacking, growth or memory, which need at least 20,000 entries. */
const LARGE_CLAIMS = ['prefetch', 'memory', 'walk-writable'];
/** Claims whose scenarios take long. */
const FURTHER_CLAIMS = [
  'sharing-cache',
  'sharing-disk',
  'update',
  'start-trace',
  'enforced',
  'live-mounts',
  'cleanup',
  'walk-servers-warm',
  'walk-servers-cold',
];
/** Many images on one base, created and destroyed all the time. */
const LIVES = ['serverless-open', 'serverless', 'occupancy', 'collect-alive'];
/** The claim about them. */
const LIVES_CLAIM = 'serverless-open';
/** Long profiles measure the real images of `largeParams`, and leave the generated ones out. */
const LONG_LIVES: Profile['withoutParams'] = {
  serverless: { images: 'generated' },
  'serverless-open': { images: 'generated' },
};
const FURTHER = [
  'churn-shared-base',
  'random-stat',
  'read-all',
  'container-churn',
  'parallel-create',
  'churn-fresh',
  'build',
  'pull',
  'enable-verity',
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
/** Scenarios that only read it; `churn-scale` and `memory` name it as an image of their own. */
const ON_LARGE = ['walk-warm', 'walk-cold', ...LARGE_CLAIMS];

/** Five runs bound the error; seven tell a published effect from none in nine of ten cases. */
const EVIDENCE_RUNS = 7;

const FULL = {
  images: ['fixture:debian-12-base', LARGE],
  imageScenarios: { [LARGE]: ON_LARGE },
  // Cheap before expensive: where the time ends early, most claims are measured.
  scenarios: [...HEADLINE, ...COUNTED_CLAIMS, ...FURTHER_CLAIMS, ...LARGE_CLAIMS, LIVES_CLAIM],
  last: [LIVES_CLAIM],
  withoutParams: LONG_LIVES,
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
    title: 'one small image, 20 s',
    budgetNs: 20 * SECOND_NS,
    images: ['fixture:debian-12-certs'],
    scenarios: HEADLINE,
    // 20 s are too short for its blocks.
    withoutParams: { churn: { ingest: 'digested' } },
    blocks: 8,
    mostBlocks: 8,
    countPasses: 3,
    lives: 1,
    large: false,
    placement: 'free',
  },
  {
    id: 'default',
    title: 'a container base image, all headline rows and the claims that they decide, 90 s',
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
    title: 'two small images, more blocks, and removal of files that are not on disk yet, 180 s',
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
    title: 'the scenarios of every claim, on a base image, and last on one of 62,964 entries, 30 min',
    budgetNs: 1800 * SECOND_NS,
    ...FULL,
  },
  {
    id: 'lives',
    title: 'many images on one base, created and destroyed all the time, 75 min',
    budgetNs: 4500 * SECOND_NS,
    ...FULL,
    images: ['fixture:debian-12-base'],
    imageScenarios: {},
    scenarios: LIVES,
    last: [],
  },
  {
    id: 'evidence',
    title: `the plan of full in ${EVIDENCE_RUNS} fresh runs, pooled, 3 h`,
    budgetNs: 1500 * SECOND_NS,
    runs: EVIDENCE_RUNS,
    ...FULL,
  },
  {
    id: 'all',
    title: 'every scenario, without a budget',
    budgetNs: null,
    ...FULL,
    scenarios: [
      ...new Set([...FULL.scenarios, ...LIVES, ...FURTHER, ...MICRO]),
      'live-mounts-10000',
      'collect-alive-1000',
    ],
  },
];
