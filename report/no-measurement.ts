// How a time of emulated CPUs is written: in parentheses, which the alert at the top explains.
import { formatValue } from './format.ts';
import type { RowView } from './view-tables.ts';

type ShownRow = Pick<RowView, 'metric' | 'noMeasurement'>;

export const inParentheses = ({ noMeasurement }: Pick<RowView, 'noMeasurement'>, text: string): string =>
  noMeasurement === true ? `(${text})` : text;

export const shownValue = (row: ShownRow, value: number): string =>
  inParentheses(row, formatValue(row.metric, value));
