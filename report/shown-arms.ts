// Which arms have a column in a table: all but the variants that nothing in it was asked of.
import type { ArmView, TableView } from './view.ts';

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
