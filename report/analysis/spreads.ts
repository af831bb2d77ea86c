// The distribution of the blocks of each headline row, one curve per arm.

import { metricInfo } from '../../results/compare/metric-info.ts';
import { type Design, isIdle } from '../../results/compare/phase-of.ts';
import { type GroupData, paramsKey } from '../../results/compare/tally.ts';
import { own } from '../../results/own.ts';
import { numbersOf } from '../../results/stats/log-ratio.ts';
import type { ArmView, SpreadView } from '../view.ts';
import { curveOf } from './curve.ts';

/** The table shows as much as a curve of fewer blocks. */
const FEWEST_BLOCKS = 3;

const spreadOf = (
  data: GroupData,
  metric: string,
  arms: readonly ArmView[],
  design: Design,
): SpreadView | null => {
  const byArm = data.time.get(metric);
  const curves = arms.flatMap(({ id }, arm) => {
    const values = numbersOf(byArm?.get(id) ?? new Map());
    if (values.length < FEWEST_BLOCKS || isIdle(data, metric, id, design)) return [];
    const curve = curveOf(values);
    return curve === null ? [] : [{ arm, ...curve }];
  });
  if (curves.length === 0) return null;
  const { image, scenario, params } = data.group;
  const { title } = metricInfo(design.catalogue, scenario, metric);
  return { image, scenario, params: paramsKey(params), metric, title, curves };
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
