// Which attack on an image is refused where, by which protection: computed from the samples of a run, each cell from an attack that was
// made. Pure.
import { countOf } from '../../results/compare/counts.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { numbersOf } from '../../results/stats/log-ratio.ts';
import { type Attempts, ENFORCED, untriedReason } from './untried.ts';
import { ATTACKS, COMPUTED, ENDINGS, LEVELS, type LevelWords, type RefusedAt } from './words.ts';

const COMPUTING = 'tamper';

export type TamperCell =
  | { readonly kind: 'refused'; readonly at: RefusedAt }
  /** A computed digest differs; nothing refuses it. */
  | { readonly kind: 'noticed' }
  /** A program gets what the attacker wrote. */
  | { readonly kind: 'served' }
  /** The mount shows what was there before. */
  | { readonly kind: 'unseen' }
  /** Passes differ. */
  | { readonly kind: 'varies'; readonly ends: readonly string[] }
  | { readonly kind: 'untried'; readonly reason: string };

export interface TamperColumn {
  readonly arm: string;
  readonly level: LevelWords;
}

export interface TamperView {
  readonly image: string;
  readonly columns: readonly TamperColumn[];
  readonly rows: readonly {
    readonly attack: string;
    readonly label: string;
    readonly what: string;
    /** In the order of the columns. */
    readonly cells: readonly TamperCell[];
  }[];
  /** Levels without a column. */
  readonly untried: readonly { readonly level: string; readonly reason: string }[];
}

/** A column before its reasons. */
interface FoundColumn extends TamperColumn {
  cell(attack: string): TamperCell | null;
}

/** Whether the metric was above zero: always, never, or not in every pass; null: not measured. */
type Occurrence = 'always' | 'never' | 'sometimes' | null;

const answerOf = (data: GroupData, arm: string, metric: string): Occurrence => {
  const found = data.count.get(metric)?.get(arm) ?? data.time.get(metric)?.get(arm);
  const count = found === undefined ? null : countOf(numbersOf(found));
  if (count === null) return null;
  if (count.least > 0) return 'always';
  return count.most > 0 ? 'sometimes' : 'never';
};

/** Null: the attack was not made. */
export const enforcedCell = (data: GroupData, arm: string, attack: string): TamperCell | null => {
  const answers = Object.entries(ENDINGS).map(
    ([ending, at]) => [at, answerOf(data, arm, `${attack}${ending}Count`)] as const,
  );
  if (answers.every(([, answer]) => answer === null)) return null;
  const seen = answers.filter(([, answer]) => answer === 'always' || answer === 'sometimes');
  const [first] = seen;
  if (first === undefined || seen.length > 1 || first[1] === 'sometimes')
    return { kind: 'varies', ends: seen.map(([at]) => at) };
  const [at] = first;
  return at === 'served' || at === 'unseen' ? { kind: at } : { kind: 'refused', at };
};

const shownCell = (data: GroupData, arm: string, change: string): TamperCell | null => {
  const shown = answerOf(data, arm, `${change}ShownCount`);
  if (shown === null) return null;
  if (shown === 'sometimes') return { kind: 'varies', ends: ['served', 'unseen'] };
  return { kind: shown === 'always' ? 'served' : 'unseen' };
};

const computedCell = (data: GroupData, arm: string, metric: string, change: string): TamperCell | null => {
  const noticed = answerOf(data, arm, `${change}By${metric}Count`);
  if (noticed === null) return null;
  if (noticed === 'sometimes') return { kind: 'varies', ends: ['noticed', 'served'] };
  return noticed === 'always' ? { kind: 'noticed' } : shownCell(data, arm, change);
};

const armsIn = ({ count, time }: GroupData): ReadonlySet<string> =>
  new Set([...count.values(), ...time.values()].flatMap((byArm) => [...byArm.keys()]));

/** Runs before the scenario had levels tried two of them. */
const levelOf = ({ group }: GroupData, arm: string): string =>
  String(group.params['level'] ?? (arm.includes('-verity') ? 'manifest' : 'nothing'));

type GroupsOf = (scenario: string) => readonly GroupData[];

const enforcedColumns = (groups: readonly GroupData[], arms: readonly string[]): readonly FoundColumn[] =>
  LEVELS.flatMap((level) =>
    groups.flatMap((data) =>
      arms
        .filter((arm) => armsIn(data).has(arm) && levelOf(data, arm) === level.id)
        .map((arm) => ({ arm, level, cell: (attack: string) => enforcedCell(data, arm, attack) })),
    ),
  );

/**
 * Columns from `tamper`: mounts without protection that `enforced` did not attack, and digests that no kernel enforced for any arm: where one
 * did, its column says more, and protected arms have names of their own.
 */
const computedColumns = (
  groups: readonly GroupData[],
  arms: readonly string[],
  enforced: readonly FoundColumn[],
): readonly FoundColumn[] => {
  const changeOf = (attack: string): string | undefined => ATTACKS.find(({ id }) => id === attack)?.computed;
  const isEnforced = (level: string): boolean => enforced.some((column) => column.level.id === level);
  const isAttacked = (arm: string): boolean =>
    enforced.some((column) => column.level.id === 'nothing' && column.arm === arm);
  return groups.flatMap((data) =>
    arms
      .filter((arm) => armsIn(data).has(arm))
      .flatMap((arm): FoundColumn[] => {
        const column = (level: LevelWords, cell: (change: string) => TamperCell | null): FoundColumn => ({
          arm,
          level,
          cell(attack) {
            const change = changeOf(attack);
            return change === undefined ? null : cell(change);
          },
        });
        return [
          ...(isAttacked(arm) ? [] : [column(LEVELS[0]!, (change) => shownCell(data, arm, change))]),
          ...COMPUTED.filter(({ of }) => !isEnforced(of)).map((level) =>
            column(level, (change) => computedCell(data, arm, level.metric, change)),
          ),
        ];
      }),
  );
};

const ONE_FILE = ['exchanged', 'mode'];

/** Why an attack was not made where others were. */
const reasonOf = ({ level, cell }: FoundColumn, attack: string): string => {
  if (level.isComputed === true) return 'the scenario tamper makes no such change';
  if (level.id === 'signature') return 'nothing checks the disk after the pull';
  if (ONE_FILE.every((one) => cell(one) === null))
    return 'the image is one file: its bytes, a name, its end and the whole file were attacked';
  // Only `enforced` forges.
  if (cell('forged') === null) return 'the scenario tamper makes no such change';
  if (attack === 'sealed') return 'no file gets fs-verity here';
  return attack === 'device'
    ? 'needs an ext4 on a loop device, and caches that can be dropped'
    : 'the scenario does not make this change here';
};

/** Columns with a cell, by level; `arms` in the order of the run. */
const columnsOf = (groupsOf: GroupsOf, arms: readonly string[]): readonly FoundColumn[] => {
  const enforced = enforcedColumns(groupsOf(ENFORCED), arms);
  const all = [...enforced, ...computedColumns(groupsOf(COMPUTING), arms, enforced)];
  const rank = ({ level }: FoundColumn): number =>
    [...LEVELS, ...COMPUTED].findIndex(({ id }) => id === level.id);
  return all
    .filter(({ cell }) => ATTACKS.some(({ id }) => cell(id) !== null))
    .sort((a, b) => rank(a) - rank(b));
};

/** One table for each image that was attacked. */
export const tamperViewsOf = (
  run: RunFile,
  attempts: Attempts,
  arms: readonly string[],
): readonly TamperView[] => {
  const attacked = attempts.groups.filter(({ group }) => [ENFORCED, COMPUTING].includes(group.scenario));
  return [...new Set(attacked.map(({ group }) => group.image))].flatMap((image): TamperView[] => {
    const groupsOf: GroupsOf = (scenario) =>
      attacked.filter(({ group }) => group.scenario === scenario && group.image === image);
    const columns = columnsOf(groupsOf, arms);
    if (columns.length === 0) return [];
    const cellIn = (column: FoundColumn, attack: string): TamperCell =>
      column.cell(attack) ?? { kind: 'untried', reason: reasonOf(column, attack) };
    return [
      {
        image,
        columns: columns.map(({ arm, level }) => ({ arm, level })),
        rows: ATTACKS.filter(({ id }) => columns.some(({ cell }) => cell(id) !== null)).map(
          ({ id, label, what }) => ({
            attack: id,
            label,
            what,
            cells: columns.map((column) => cellIn(column, id)),
          }),
        ),
        untried: LEVELS.filter(({ id }) => columns.every(({ level }) => level.id !== id)).map(
          ({ id, title }) => ({ level: title, reason: untriedReason(run, attempts, { level: id, image }) }),
        ),
      },
    ];
  });
};
