// The arms that have a column in a table: all but the variants that the table has no value for.
import { grouped, plural } from './format.ts';
import type { ArmView, SectionView, TableView } from './view-tables.ts';

export interface ShownArm {
  readonly arm: ArmView;
  /** Index of the arm's cell in every row. */
  readonly index: number;
}

export const shownArms = (table: TableView, arms: readonly ArmView[]): readonly ShownArm[] =>
  arms
    .map((arm, index) => ({ arm, index }))
    .filter(
      ({ arm, index }) =>
        !arm.variant ||
        table.sections.some(({ rows }) => rows.some(({ cells }) => cells[index]?.kind !== 'absent')),
    );

/** Whether a section has a value for any of the arms; true without arms. */
export const isMeasuredFor = ({ rows }: SectionView, arms: readonly ShownArm[]): boolean =>
  arms.length === 0 || rows.some(({ cells }) => arms.some(({ index }) => cells[index]?.kind !== 'absent'));

export interface TablePart {
  /** In the order of all arms; baseline and null arm are in every part. */
  readonly arms: readonly ShownArm[];
  /** Sections with a value for any of the part's arms. */
  readonly sections: readonly SectionView[];
  readonly isOfVariants: boolean;
}

const inPairs = (arms: readonly ShownArm[]): ShownArm[][] =>
  arms.flatMap((_, i) => (i % 2 === 0 ? [arms.slice(i, i + 2)] : []));

/** The headline arms side by side, then the variants in pairs. */
export const tableParts = (table: TableView, arms: readonly ArmView[]): readonly TablePart[] => {
  const shown = shownArms(table, arms);
  const part = (compared: readonly ShownArm[], isOfVariants: boolean): TablePart => ({
    arms: shown.filter((one) => one.arm.role !== 'arm' || compared.includes(one)),
    sections: table.sections.filter((section) => isMeasuredFor(section, compared)),
    isOfVariants,
  });
  const compared = shown.filter(({ arm }) => arm.role === 'arm');
  const headline = compared.filter(({ arm }) => !arm.variant);
  const variants = inPairs(compared.filter(({ arm }) => arm.variant)).map((pair) => part(pair, true));
  return headline.length === 0 && variants.length > 0 ? variants : [part(headline, false), ...variants];
};

/** `8 to 12 blocks`; empty without a value. */
export const blocksText = (table: TableView): string => {
  const counts = table.sections.flatMap(({ rows }) =>
    rows.flatMap(({ cells }) => cells.flatMap((cell) => (cell.kind === 'value' ? [cell.n] : []))),
  );
  if (counts.length === 0) return '';
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? plural(most, 'block') : `${grouped(least)} to ${plural(most, 'block')}`;
};
