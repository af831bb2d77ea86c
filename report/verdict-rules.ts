// What each verdict means, in words made from the constants that decide it.
import { EMPTY_CALLS_IN_FLOOR, FLOOR_NS, type Verdict } from '../results/compare/verdict.ts';
import { LOOK_CONFIDENCE, medianNeeds } from '../results/stats/median.ts';
import { FEWEST_RUNS } from '../results/stats/over-runs.ts';
import { formatNs, formatPercent } from './format.ts';
import type { ReportView } from './view.ts';

export const FLOOR_TEXT = `${formatNs(FLOOR_NS)}, or ${EMPTY_CALLS_IN_FLOOR} empty calls for repeated operations`;

export const verdictMeanings = ({
  delta,
  pool,
}: Pick<ReportView, 'delta' | 'pool'>): Readonly<Record<Verdict, string>> => {
  const percent = formatPercent(delta);
  return {
    faster: `the whole interval is better by more than ${percent} and by more than the floor`,
    slower: `the whole interval is worse by more than ${percent} and by more than the floor`,
    same: `the whole interval lies within ${percent}`,
    belowFloor: `the difference is below the floor of ${FLOOR_TEXT}`,
    undecided: 'the interval allows more than one of these',
    tooFew:
      pool === null
        ? `fewer than ${medianNeeds(LOOK_CONFIDENCE)} complete blocks`
        : `fewer than ${FEWEST_RUNS} runs`,
  };
};
