// The meaning of each verdict, in words made from the constants that decide it.
import { EMPTY_CALLS_IN_FLOOR, FLOOR_NS, type Verdict } from '../results/compare/verdict.ts';
import { LOOK_CONFIDENCE, medianNeeds } from '../results/stats/median.ts';
import { FEWEST_RUNS } from '../results/stats/over-runs.ts';
import { formatPercent } from './format.ts';
import type { ReportView } from './view.ts';

export const FLOOR_TEXT = `${FLOOR_NS / 1000} µs, or ${EMPTY_CALLS_IN_FLOOR} empty calls for repeated operations`;

export const verdictMeanings = ({
  delta,
  pool,
}: Pick<ReportView, 'delta' | 'pool'>): Readonly<Record<Verdict, string>> => {
  const percent = formatPercent(delta);
  const beyond = `with the whole interval beyond ${percent} and beyond the floor`;
  return {
    faster: `better, ${beyond}`,
    slower: `worse, ${beyond}`,
    same: `the whole interval is within ${percent}`,
    belowFloor: 'the whole difference is below the floor',
    undecided: `part of the interval is within ${percent} or below the floor, or the ratio is no farther from 1 than that of null`,
    tooFew:
      pool === null
        ? `fewer than ${medianNeeds(LOOK_CONFIDENCE)} complete blocks`
        : `fewer than ${FEWEST_RUNS} runs`,
  };
};
