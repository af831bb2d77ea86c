// Answers of kernels and clients to attacks, as rules read them. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import { enforcedCell } from '../tampering/table.ts';
import { ATTACKS, LEVELS } from '../tampering/words.ts';
import type { Figure } from './claim.ts';
import { type Evidence, groupText } from './evidence.ts';
import { exactFigure } from './figures.ts';
import type { Tristate } from './verdicts.ts';

export const ENFORCED = 'enforced';

const levelTitle = (level: string): string => LEVELS.find(({ id }) => id === level)?.title ?? level;
const labelOf = (attack: string): string => ATTACKS.find(({ id }) => id === attack)?.label ?? attack;

/** One attack under one level, on one backend. */
export interface EnforcedEnd {
  readonly group: GroupData;
  readonly level: string;
  readonly arm: string;
  readonly attack: string;
  /** Null: passes differ, or the mount showed what was there before. */
  readonly isRefused: boolean | null;
}

/** Every attack that the run made under these levels. */
export const enforcedEnds = (evidence: Evidence, levels: readonly string[]): readonly EnforcedEnd[] =>
  levels.flatMap((level) =>
    evidence.groups({ scenario: ENFORCED, params: { level } }).flatMap((group) => {
      const arms = new Set(
        [...group.count.values(), ...group.time.values()].flatMap((arm) => [...arm.keys()]),
      );
      return [...arms].flatMap((arm) =>
        ATTACKS.flatMap(({ id: attack }): EnforcedEnd[] => {
          const cell = enforcedCell(group, arm, attack);
          if (cell === null) return [];
          const isRefused = cell.kind === 'refused' ? true : cell.kind === 'served' ? false : null;
          return [{ group, level, arm, attack, isRefused }];
        }),
      );
    }),
  );

const isDeviation = (end: EnforcedEnd, expects: (end: EnforcedEnd) => boolean | null): boolean =>
  end.isRefused !== null && expects(end) !== null && end.isRefused !== expects(end);

/** `expects`: whether the attack must be refused; null: either is right. */
export const endsAnswer = (
  ends: readonly EnforcedEnd[],
  expects: (end: EnforcedEnd) => boolean | null,
): Tristate | null => {
  const asked = ends.filter((end) => expects(end) !== null);
  if (asked.length === 0) return null;
  if (asked.some((end) => end.isRefused !== null && end.isRefused !== expects(end))) return 'no';
  return asked.some(({ isRefused }) => isRefused === null) ? 'open' : 'yes';
};

/** `fs-verity of objects serves owner (erofs-overlay-verity)`, for those that are not as expected. */
export const deviationText = (
  ends: readonly EnforcedEnd[],
  expects: (end: EnforcedEnd) => boolean | null,
): string =>
  ends
    .filter((end) => isDeviation(end, expects))
    .map(
      ({ level, arm, attack, isRefused }) =>
        `${levelTitle(level)} ${isRefused === true ? 'refuses' : 'serves'} ${labelOf(attack)} (${arm})`,
    )
    .join('; ');

/** The first attack that did not end as expected; null: all did. */
export const deviationFigure = (
  ends: readonly EnforcedEnd[],
  expects: (end: EnforcedEnd) => boolean | null,
): Figure | null => {
  const end = ends.find((one) => isDeviation(one, expects));
  return end === undefined
    ? null
    : exactFigure(
        `${end.arm}: ${labelOf(end.attack)} refused under ${levelTitle(end.level)} (1: yes; ${end.group.group.image})`,
        'refusedAttackCount',
        end.isRefused === true ? 1 : 0,
      );
};

/** How many of the attacks were refused, for each level and backend. */
export const refusedFigures = (ends: readonly EnforcedEnd[]): readonly Figure[] => {
  const columns = new Map<string, EnforcedEnd[]>();
  for (const end of ends) {
    const key = JSON.stringify([end.level, end.arm, groupText(end.group)]);
    columns.set(key, [...(columns.get(key) ?? []), end]);
  }
  return [...columns.values()].map((column) => {
    const { level, arm, group } = column[0]!;
    return exactFigure(
      `${arm}: refused under ${levelTitle(level)}, of ${column.length} attacks (${group.group.image})`,
      'refusedAttackCount',
      column.filter(({ isRefused }) => isRefused === true).length,
    );
  });
};
