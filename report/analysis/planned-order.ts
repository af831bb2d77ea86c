// Groups in the order of the plan: scenarios, images, then parameters.
import { type GroupData, paramsKey } from '../../results/compare/tally.ts';
import type { RunFile } from '../../results/schema/run.ts';

const position = (items: readonly string[], item: string): number => {
  const index = items.indexOf(item);
  return index < 0 ? items.length : index;
};

/** Sorts 2 before 10. */
const NUMBERS_IN_ORDER = new Intl.Collator('en', { numeric: true });

/** The state that the debate is about stands first, then least work first. */
const LOCAL_ORDER = ['files', 'image', 'nothing'];
const INGEST_ORDER = ['trusted', 'digested'];

export const inPlannedOrder = (groups: readonly GroupData[], run: RunFile): readonly GroupData[] => {
  const key = ({ scenario, image, params }: GroupData['group']) => [
    position(run.plan.scenarios, scenario),
    position(run.plan.images, image),
    position(LOCAL_ORDER, String(params['local'])),
    position(INGEST_ORDER, String(params['ingest'])),
  ];
  return [...groups].sort((a, b) => {
    const other = key(b.group);
    const difference = key(a.group)
      .map((place, at) => place - other[at]!)
      .find((one) => one !== 0);
    return difference ?? NUMBERS_IN_ORDER.compare(paramsKey(a.group.params), paramsKey(b.group.params));
  });
};
