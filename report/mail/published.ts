// Ratios that others published about other machines, beside the same ratio of this run.
import { formatRatio, ratioText } from '../format.ts';
import type { PublishedValue } from '../published/table.ts';
import type { PublishedCell, PublishedView, ReportView } from '../view.ts';
import { mailLines, mailTable } from './lines.ts';

const publishedText = (value: PublishedValue): string => {
  if (value === null) return '-';
  return typeof value === 'number' ? formatRatio(value) : value.map(formatRatio).join('..');
};

const hasRatio = ({ ours }: PublishedCell): boolean => ours !== null && ours.kind !== 'tooFew';

const oursText = (cell: PublishedCell): string => (hasRatio(cell) ? ratioText(cell.ours!) : '-');

const columnLines = (table: PublishedView, index: number): readonly string[] => {
  const { setup, title, baseline, image } = table.columns[index]!;
  const rows = table.rows
    .filter(({ cells }) => cells[index]!.ratio !== null)
    .map(({ name, arm, cells }) => [
      arm === null ? name : `${name} [${arm}]`,
      publishedText(cells[index]!.ratio),
      oursText(cells[index]!),
    ]);
  return [
    ...mailLines(
      `${table.id}, ${setup === null ? '' : `${setup}, `}${title}; to ${baseline}; here: ${image}`,
    ),
    ...mailTable(['row [nearest arm here]', 'published', 'here'], rows),
    // Outside the table, whose first column is truncated.
    ...table.rows.flatMap(({ name, control }) =>
      control === null ? [] : mailLines(`${name}: to ${control.row}, here to ${control.ours}`, '  ', '    '),
    ),
    '',
  ];
};

const tableBlock = (table: PublishedView): readonly string[] => [
  ...mailLines(`Published: ${table.source}. Differs: ${table.differs.join('; ')}.`),
  ...table.columns.flatMap(({ image }, index) => (image === null ? [] : columnLines(table, index))),
];

export const publishedLines = (view: ReportView): readonly string[] =>
  view.published.filter(({ rows }) => rows.some(({ cells }) => cells.some(hasRatio))).flatMap(tableBlock);
