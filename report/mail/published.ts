// Ratios that others published on other machines, and the same ratio of this run where it has one.
import { formatRatio, ratioText } from '../format.ts';
import type { PublishedValue } from '../published/table.ts';
import type { PublishedCell, PublishedView, ReportView } from '../view.ts';
import { folded, table } from './lines.ts';

const times = (value: PublishedValue): string => {
  if (value === null) return '-';
  return typeof value === 'number' ? formatRatio(value) : value.map(formatRatio).join('..');
};

const ours = ({ ours: here }: PublishedCell): string =>
  here === null || here.kind === 'tooFew' ? '-' : ratioText(here);

const hasOurs = ({ rows }: PublishedView): boolean =>
  rows.some(({ cells }) => cells.some(({ ours: here }) => here !== null && here.kind !== 'tooFew'));

const oneTable = (view: PublishedView): readonly string[] => {
  const at = view.columns.flatMap((column, index) => (column.image === null ? [] : [index]));
  return at.flatMap((index) => {
    const { setup, title, baseline, image } = view.columns[index]!;
    const rows = view.rows
      .filter(({ cells }) => cells[index]!.ratio !== null)
      .map(({ name, arm, cells }) => [
        arm === null ? name : `${name} [${arm}]`,
        times(cells[index]!.ratio),
        ours(cells[index]!),
      ]);
    return [
      ...folded(`${view.id}, ${setup === null ? '' : `${setup}, `}${title}; to ${baseline}; here: ${image}`),
      ...table(['row [nearest here]', 'published', 'here'], rows),
      // Beside the table: its first column is cut where it is too wide.
      ...view.rows.flatMap(({ name, control }) =>
        control === null ? [] : folded(`${name}: to ${control.row}, here to ${control.ours}`, '  ', '    '),
      ),
      '',
    ];
  });
};

export const publishedLines = (view: ReportView): readonly string[] =>
  view.published
    .filter(hasOurs)
    .flatMap((one) => [
      ...folded(`Published: ${one.source}. Differs: ${one.differs.join('; ')}.`),
      ...oneTable(one),
    ]);
