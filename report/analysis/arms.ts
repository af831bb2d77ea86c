// The arms in the order of every table: the baseline, the others as planned, the null arm last.

import { NULL_ARM } from '../../results/compare/phase-of.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import { own } from '../../results/own.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { marksOf } from '../marks.ts';
import type { ArmView } from '../view-tables.ts';

/** Arm to its backend, from the plan and the samples: a pool has no plan of its own. */
const backendsOf = ({ plan }: RunFile, groups: readonly GroupData[]): ReadonlyMap<string, string> =>
  new Map([
    ...plan.slots.map(({ arm, backend }) => [arm, backend] as const),
    ...groups.flatMap(({ backends }) => [...backends]),
  ]);

const measured = (groups: readonly GroupData[]): string[] =>
  groups.flatMap(({ time, count, ledgers }) => [
    ...[...time.values(), ...count.values()].flatMap((byArm) => [...byArm.keys()]),
    ...ledgers.keys(),
  ]);

export const armsOf = (run: RunFile, groups: readonly GroupData[]): readonly ArmView[] => {
  const { baseline } = run.plan;
  const all = new Set([baseline, ...run.plan.arms, ...measured(groups)]);
  const hasNull = all.delete(NULL_ARM);
  const marks = marksOf([...all]);
  const backends = backendsOf(run, groups);
  const arm = (id: string): ArmView => {
    const info = own(run.catalogue.backends, backends.get(id) ?? id);
    return {
      id,
      title: info?.title ?? id,
      how: info?.how ?? '',
      role: id === baseline ? 'baseline' : 'arm',
      variant: info?.answers !== undefined,
      mark: marks.get(id)!,
    };
  };
  const nullArm: ArmView = {
    id: NULL_ARM,
    title: 'the baseline measured a second time',
    how: `${baseline} under another name: its ratio to the baseline is the noise of this machine.`,
    role: 'null',
    variant: false,
    mark: marks.get(baseline)!,
  };
  const arms = [...all].map(arm);
  return hasNull ? [...arms, nullArm] : arms;
};
