// Arrivals at a fixed rate: requests arrive whether or not a worker is free.
//
// Latencies count from the moment at which a life was due, so a stall shows in every life that had to wait for it (coordinated
// omission). The ladder of rates was declared before anything was measured.
import type { LivesResult } from '../harness/model/lives.ts';
import type { Metric, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { arrivals, highestRung, livesAt, RATES } from './ladder.ts';
import { imageSources, LIVES_MOUNTS, liveAll, orderOf, readyNs, startsOf } from './lives.ts';
import { FEWEST_FOR_P99, nearestRank } from './percentiles.ts';

const WORKERS = 16;
/** A life that begins this much late ends its rung. */
const MOST_LATE_NS = 1e9;
const MOST_NS = 20e9;
const SEED = 'serverless-open';

/** Limits of p99, milliseconds. */
const LIMITS_MS = [50, 500] as const;
/** The last life may be ready this much later than it would be at the rate itself, as a share of the rung. */
const MOST_LAG = 0.05;

interface Rung {
  readonly p99Ns: number;
  readonly latencies: readonly number[];
  readonly keptUp: boolean;
}

/** p99 of fewer than 100 lives is the longest of them. A rung that was ended early is not sustained. */
const rungOf = ({ lives, fellBehind }: LivesResult, dueNs: readonly number[]): Rung => {
  const latencies = lives.map(readyNs).sort((a, b) => a - b);
  const lastDueNs = dueNs.at(-1)!;
  const lastReadyNs = Math.max(...lives.map(({ endsNs }) => endsNs.use));
  return {
    latencies,
    p99Ns: nearestRank(latencies, 0.99),
    keptUp: !fellBehind && lastReadyNs - lastDueNs <= MOST_LAG * lastDueNs + nearestRank(latencies, 0.5),
  };
};

const live = async (stage: Stage, rung: number): Promise<Rung> => {
  const rate = RATES[rung]!;
  const count = livesAt(rate);
  const dueNs = arrivals(rate, count, `${SEED}: ${rate}: ${stage.slot.block}`);
  const starts = startsOf(stage);
  const result = await liveAll(stage, {
    starts,
    workers: WORKERS,
    order: orderOf(starts.length, count, SEED),
    dueNs,
    mostLateNs: MOST_LATE_NS,
    mostNs: MOST_NS,
  });
  return rungOf(result, dueNs);
};

const p99Name = (rate: number): string => `at${rate}P99Ns`;
const longestName = (rate: number): string => `at${rate}MostNs`;
/** p99 of fewer than 100 lives is the longest of them and is called so. */
const latencyName = (rate: number, lifeCount: number): string =>
  lifeCount < FEWEST_FOR_P99 ? longestName(rate) : p99Name(rate);
const sustainedName = (ms: number): string => `sustained${ms}MsPerSecond`;
const belowName = (ms: number): string => `below${ms}MsCount`;

/** Absent if no rate of the ladder is sustained: then the rate lies below the lowest one. */
const sustained = (ms: number, rung: number): Values =>
  rung < 0 ? { [belowName(ms)]: 1 } : { [belowName(ms)]: 0, [sustainedName(ms)]: RATES[rung]! };

const run = async (stage: Stage): Promise<Values> => {
  const tried = new Map<number, Rung>();
  const rungAt = async (number: number): Promise<Rung> => {
    const known = tried.get(number) ?? (await live(stage, number));
    tried.set(number, known);
    return known;
  };
  let values: Values = {};
  for (const ms of LIMITS_MS) {
    const highest = await highestRung(async (number) => {
      const { keptUp, p99Ns } = await rungAt(number);
      return keptUp && p99Ns <= ms * 1e6;
    });
    values = { ...values, ...sustained(ms, highest) };
  }
  const behind = [...tried].filter(([, { keptUp }]) => !keptUp).map(([number]) => RATES[number]!);
  for (const [number, { latencies }] of tried) stage.histogram(`at${RATES[number]}`, latencies);
  return {
    ...values,
    ...(behind.length === 0 ? {} : { behindPerSecond: Math.min(...behind) }),
    ...Object.fromEntries(
      [...tried].map(([number, { p99Ns, latencies }]) => [
        latencyName(RATES[number]!, latencies.length),
        p99Ns,
      ]),
    ),
  };
};

const sustainedMetric = (ms: number): readonly [string, Metric] => [
  sustainedName(ms),
  {
    title: `most lives per second with p99 of create, mount and start below ${ms} ms`,
    better: 'higher',
    noise: 'noisy',
  },
];

const shown = (title: string, better: Metric['better'] = 'lower'): Metric => ({
  title,
  better,
  noise: 'noisy',
  judged: false,
});

export const scenario: Scenario = {
  id: 'serverless-open',
  question: 'How many images per second can arrive before their starts become slow?',
  cache: 'warm',
  reproduce: `lives as in serverless that are due at a fixed mean rate with exponential gaps, ${WORKERS} workers; latencies from the moment at which each was due`,
  headline: LIMITS_MS.map(sustainedName),
  ownSection: true,
  needs: [],
  params: [{ local: 'files', images: 'generated', workers: WORKERS }],
  largeParams: [{ local: 'files', images: 'family', workers: WORKERS }],
  passes: ['time'],
  variants: LIVES_MOUNTS,
  oneLook: true,
  source: (params) => imageSources(params)[0],
  others: (params) => imageSources(params).slice(1),
  metrics: {
    ...Object.fromEntries(LIMITS_MS.map(sustainedMetric)),
    ...Object.fromEntries(
      LIMITS_MS.map((ms) => [belowName(ms), shown(`1: no rate of the ladder has a p99 below ${ms} ms`)]),
    ),
    behindPerSecond: shown('lowest rate that was tried and not sustained', 'higher'),
    ...Object.fromEntries(
      RATES.flatMap((rate) => {
        const what = `create, mount and start at ${rate} lives per second`;
        return [
          ...(livesAt(rate) < FEWEST_FOR_P99 ? [] : [[p99Name(rate), shown(`${what}, 99th percentile`)]]),
          [longestName(rate), shown(`${what}, the longest of fewer than ${FEWEST_FOR_P99}`)],
        ];
      }),
    ),
  },
  cycles: () => 1,
  roughNs: () => 8e9,
  run,
  derive: (values) => values,
};
