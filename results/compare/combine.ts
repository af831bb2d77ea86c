// One row over several images: in each block the median over the images of the arm's log-ratio, then the median over blocks with
// its order-statistic interval. A block counts if every image has a pair in it.
import { median as medianOfFew } from 'simple-statistics';
import type { Metric } from '../schema/run.ts';
import { type Interval, mapInterval } from '../stats/interval.ts';
import type { ByBlock } from '../stats/log-ratio.ts';
import { LOOK_CONFIDENCE } from '../stats/median.ts';
import { centerOver, intervalOver } from '../stats/over-blocks.ts';
import { NULL_ARM } from './phase-of.ts';
import type { Row, Versus } from './rows.ts';
import { judge, type Verdict, type Zone } from './verdict.ts';

interface CombinedCell {
  readonly arm: string;
  readonly ratio: Interval;
  readonly verdict: Verdict;
  readonly zone: Zone;
  readonly floor: number;
}

const armLogs = (rows: readonly Row[], arm: string): readonly ByBlock[] | null => {
  const logs = rows.map((row) => row.cells.find((cell) => cell.arm === arm)?.versus?.logs);
  return logs.every((found) => found !== undefined) ? (logs as ByBlock[]) : null;
};

const perBlock = ([first, ...others]: readonly ByBlock[]): ByBlock => {
  const medians = new Map<number, number>();
  first?.forEach((log, block) => {
    const logs = [log];
    for (const other of others) {
      const found = other.get(block);
      if (found === undefined) return;
      logs.push(found);
    }
    medians.set(block, medianOfFew(logs));
  });
  return medians;
};

/** Noise on one image is not a result on all; below the floor on all images means below it on each. */
const zoneOfAll = (versuses: readonly Versus[]): Zone => {
  const zones = versuses.map(({ zone }) => zone);
  return {
    lo: Math.min(...zones.map(({ lo }) => lo)),
    hi: Math.max(...zones.map(({ hi }) => hi)),
    same: zones[0]!.same,
    below: {
      lo: Math.max(...zones.map(({ below }) => below.lo)),
      hi: Math.min(...zones.map(({ below }) => below.hi)),
    },
  };
};

/** Rows of one metric of one scenario with its parameters, one per image. */
export const combine = (rows: readonly Row[], better: Metric['better']): readonly CombinedCell[] => {
  const arms = rows[0]?.cells.filter((cell) => cell.versus !== null).map((cell) => cell.arm) ?? [];
  const logsOf = new Map(
    arms.flatMap((arm) => {
      const logs = armLogs(rows, arm);
      return logs === null ? [] : [[arm, perBlock(logs)] as const];
    }),
  );
  const nullLogs = logsOf.get(NULL_ARM) ?? new Map();
  const nullCenterLog = centerOver(nullLogs, intervalOver(nullLogs, LOOK_CONFIDENCE));
  return [...logsOf].map(([arm, logs]): CombinedCell => {
    const ratio = mapInterval(intervalOver(logs, LOOK_CONFIDENCE), Math.exp);
    const each = rows.flatMap((row) => row.cells.find((cell) => cell.arm === arm)?.versus ?? []);
    const zone = zoneOfAll(each);
    const nullCenter = arm === NULL_ARM || nullCenterLog === null ? null : Math.exp(nullCenterLog);
    const verdict = judge(ratio, zone, better, nullCenter);
    const floor = Math.max(...each.map((one) => one.floor));
    return { arm, ratio, zone, floor, verdict };
  });
};
