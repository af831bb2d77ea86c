// Which arms have a column in a table: all but the variants that nothing in it was asked of.
import type { ArmView, SectionView, TableView } from './view.ts';

export interface Shown {
  readonly arm: ArmView;
  /** Of its cell in every row. */
  readonly index: number;
}

export const shownArms = (table: TableView, arms: readonly ArmView[]): readonly Shown[] =>
  arms
    .map((arm, index) => ({ arm, index }))
    .filter(
      ({ arm, index }) =>
        !arm.variant ||
        table.sections.some(({ rows }) => rows.some(({ cells }) => cells[index]?.kind !== 'absent')),
    );

export interface TablePart {
  /** In the order of the arms, the baseline and the null arm in every part. */
  readonly arms: readonly Shown[];
  /** In which any of the other arms was measured. */
  readonly sections: readonly SectionView[];
  readonly isOfVariants: boolean;
}

const isMeasured = ({ rows }: SectionView, arms: readonly Shown[]): boolean =>
  arms.length === 0 || rows.some(({ cells }) => arms.some(({ index }) => cells[index]?.kind !== 'absent'));

const inPairs = (arms: readonly Shown[]): Shown[][] =>
  arms.flatMap((_, i) => (i % 2 === 0 ? [arms.slice(i, i + 2)] : []));

/** The headline arms side by side, then the variants, a few at a time and without sections that asked nothing of them. */
export const tableParts = (table: TableView, arms: readonly ArmView[]): readonly TablePart[] => {
  const shown = shownArms(table, arms);
  const part = (middle: readonly Shown[], isOfVariants: boolean): TablePart => ({
    arms: shown.filter((one) => one.arm.role !== 'arm' || middle.includes(one)),
    sections: table.sections.filter((section) => isMeasured(section, middle)),
    isOfVariants,
  });
  const others = shown.filter(({ arm }) => arm.role === 'arm');
  const headline = others.filter(({ arm }) => !arm.variant);
  const variants = inPairs(others.filter(({ arm }) => arm.variant)).map((pair) => part(pair, true));
  return headline.length === 0 && variants.length > 0 ? variants : [part(headline, false), ...variants];
};
