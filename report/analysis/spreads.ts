// The blocks of each headline row: in their order, as percentiles, and as a distribution.
import { metricInfo } from '../../results/compare/metric-info.ts';
import { type Design, isIdle } from '../../results/compare/phase-of.ts';
import { type GroupData, paramsKey } from '../../results/compare/tally.ts';
import { own } from '../../results/own.ts';
import { numbersOf } from '../../results/stats/log-ratio.ts';
import type { SpreadView } from '../view-charts.ts';
import type { ArmView } from '../view-tables.ts';
import { blockOrder } from './block-order.ts';
import { curveOf } from './curve.ts';
import { percentilesOf } from './percentiles.ts';

/** The table shows as much as a curve of fewer blocks. */
const FEWEST_BLOCKS = 3;

const spreadOf = (
  data: GroupData,
  metric: string,
  arms: readonly ArmView[],
  design: Design,
): SpreadView | null => {
  const byArm = data.time.get(metric);
  const shown = arms.flatMap(({ id }, arm) => {
    const byBlock = byArm?.get(id);
    return byBlock === undefined || byBlock.size < FEWEST_BLOCKS || isIdle(data, metric, id, design)
      ? []
      : [{ arm, byBlock }];
  });
  const { joined, blockCount, inOrder } = blockOrder(shown.map(({ byBlock }) => byBlock));
  const curves = shown.flatMap(({ arm, byBlock }, index) => {
    const values = numbersOf(byBlock);
    const [curve, percentiles] = [curveOf(values), percentilesOf(values)];
    return curve === null || percentiles === null
      ? []
      : [{ arm, ...curve, percentiles, inOrder: inOrder[index]! }];
  });
  if (curves.length === 0) return null;
  const { image, scenario, params } = data.group;
  const { title } = metricInfo(design.catalogue, scenario, metric);
  return { image, scenario, params: paramsKey(params), metric, title, joined, blockCount, curves };
};

export const spreadsOf = (
  groups: readonly GroupData[],
  arms: readonly ArmView[],
  design: Design,
): readonly SpreadView[] =>
  groups.flatMap((data) =>
    (own(design.catalogue.scenarios, data.group.scenario)?.headline ?? []).flatMap(
      (metric) => spreadOf(data, metric, arms, design) ?? [],
    ),
  );
