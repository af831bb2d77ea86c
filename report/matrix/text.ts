// The matrix as text and as Markdown.
import { plural } from '../format.ts';
import { markdownOf, md, textColumn } from '../markdown/lines.ts';
import { asciiText, tableLines, wrapText } from '../text.ts';
import { kernelText, type MatrixKernel, type MatrixTable, type MatrixView } from './view.ts';

/** A label beside its cells is cut to no fewer. */
const LABEL_COLUMNS = 24;
const SEPARATOR_COLUMNS = ' | '.length;

/** As many kernels side by side as fit beside the labels: one at least. */
const kernelGroups = (
  kernels: readonly MatrixKernel[],
  { rows }: MatrixTable,
  columns: number,
): readonly (readonly number[])[] => {
  const widths = kernels.map(({ name }, at) =>
    Math.max(...[name, ...rows.map(({ cells }) => cells[at]!.text)].map((text) => asciiText(text).length)),
  );
  const widest = Math.max(...rows.map(({ label }) => asciiText(label).length));
  const label = Math.min(LABEL_COLUMNS, widest);
  const groups: number[][] = [];
  let left = 0;
  widths.forEach((width, at) => {
    left -= width + SEPARATOR_COLUMNS;
    const group = groups.at(-1);
    if (group !== undefined && left >= 0) {
      group.push(at);
      return;
    }
    groups.push([at]);
    left = columns - label - width - SEPARATOR_COLUMNS;
  });
  return groups;
};

const groupLines = (
  kernels: readonly MatrixKernel[],
  { rows }: MatrixTable,
  group: readonly number[],
  columns: number,
): readonly string[] => [
  '',
  ...tableLines(
    ['', ...group.map((at) => asciiText(kernels[at]!.name))],
    rows.map(({ label, cells }) => [label, ...group.map((at) => cells[at]!.text)].map(asciiText)),
    columns,
  ),
];

/** Kernels that do not fit beside the others have a table below. */
export const matrixText = ({ kernels, tables }: MatrixView, columns: number): string =>
  `${[
    ...kernels.flatMap((kernel) =>
      wrapText(asciiText(`${kernel.name}: ${kernelText(kernel)}`), columns, { hanging: '  ' }),
    ),
    ...tables.flatMap((table) => [
      '',
      ...wrapText(asciiText(`${table.title}. ${table.note}`), columns),
      ...kernelGroups(kernels, table, columns).flatMap((group) => groupLines(kernels, table, group, columns)),
    ]),
  ].join('\n')}\n`;

export const matrixMarkdown = ({ kernels, tables }: MatrixView): string =>
  markdownOf(
    [
      `## cfsbench: ${plural(kernels.length, 'kernel')}`,
      '',
      ...kernels.map((kernel) => `- ${md(`${kernel.name}: ${kernelText(kernel)}`)}`),
    ],
    tables.map(({ title, rows }, at) => ({
      title,
      columns: [textColumn(''), ...kernels.map(({ name }) => textColumn(md(name)))],
      rows: rows.map(({ label, cells }) => [md(label), ...cells.map(({ text }) => md(text))]),
      isFolded: at > 1,
    })),
  );
