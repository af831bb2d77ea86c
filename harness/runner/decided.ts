// Decided groups, checked at the planned looks only.
//
// In an `--ab` run a row is decided as the gate decides it: by the gate's threshold, and if it is slower, only with a p that the gate
// accepts among all rows. Otherwise its group would end as slower, but not significant, and the later looks would never happen.
import { isDecided } from '../../results/compare/looks.ts';
import { type Design, NULL_ARM } from '../../results/compare/phase-of.ts';
import { type Row, rowOf, type Versus } from '../../results/compare/rows.ts';
import { paramsKey, type Tallied } from '../../results/compare/tally.ts';
import { alphaAtLook, pOfWorse } from '../../results/compare/worse.ts';
import { type GateConfig, thresholdOf } from '../../results/gate/config.ts';
import { canGate } from '../../results/gate/latencies.ts';
import type { Group } from './plan.ts';

/** Of an `--ab` run. */
export interface GateAtLooks {
  readonly config: GateConfig;
  /** Of the whole plan. */
  readonly rowCount: number;
  readonly lookCount: number;
}

const isGated = (config: GateConfig, scenario: string, metric: string): boolean =>
  thresholdOf(config, scenario, metric).gate && canGate(metric);

export const gateAtLooks = (
  config: GateConfig,
  groups: readonly Group[],
  lookCount: number,
): GateAtLooks => ({
  config,
  lookCount,
  rowCount: groups.reduce(
    (sum, { scenario }) =>
      sum + scenario.headline.filter((metric) => isGated(config, scenario.id, metric)).length,
    0,
  ),
});

const isSettled = (row: Row, versus: Versus, gate: GateAtLooks | null): boolean => {
  if (!isDecided(versus.verdict)) return false;
  if (gate === null || versus.verdict !== 'slower') return true;
  if (!isGated(gate.config, row.group.scenario, row.metric)) return true;
  return pOfWorse(row.info.better, versus) <= alphaAtLook(gate.rowCount, gate.lookCount);
};

/** True if every headline row of the group has a verdict for every compared arm; the null arm is noise and decides nothing. */
export const isGroupDecided = (
  group: Group,
  tallied: Tallied,
  design: Design,
  gate: GateAtLooks | null,
): boolean => {
  const data = tallied.groups.find(
    ({ group: { scenario, params, image } }) =>
      scenario === group.scenario.id &&
      image === group.image &&
      paramsKey(params) === paramsKey(group.params),
  );
  if (data === undefined) return false;
  return group.scenario.headline.every((metric) => {
    const delta = gate === null ? {} : { delta: thresholdOf(gate.config, group.scenario.id, metric).delta };
    const row = rowOf(data, metric, { ...design, ...delta });
    return (row?.cells ?? []).every(
      ({ arm, versus }) => arm === NULL_ARM || versus === null || isSettled(row!, versus, gate),
    );
  });
};
