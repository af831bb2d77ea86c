// How a time of emulated CPUs is written: in parentheses, which the alert at the top explains.
import { formatValue } from './format.ts';
import type { RowView } from './view.ts';

type Row = Pick<RowView, 'metric' | 'noMeasurement'>;

export const inParentheses = ({ noMeasurement }: Pick<RowView, 'noMeasurement'>, text: string): string =>
  noMeasurement === true ? `(${text})` : text;

export const shownValue = (row: Row, value: number): string =>
  inParentheses(row, formatValue(row.metric, value));
