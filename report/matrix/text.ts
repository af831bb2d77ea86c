// The matrix as text and as Markdown.
import { markdownOf, md, textColumn } from '../markdown/lines.ts';
import { asciiText, tableLines, wrapText } from '../text.ts';
import type { MatrixKernel, MatrixView } from './view.ts';

const kernelText = ({ name, release, cpus, run, problem }: MatrixKernel): string =>
  `${name}: Linux ${release}, ${cpus === 'this machine' ? 'not in a virtual machine' : `CPUs: ${cpus}`}, run ${run}${problem === '' ? '' : `: ${problem}`}`;

export const matrixText = ({ kernels, tables }: MatrixView, columns: number): string =>
  `${[
    ...kernels.flatMap((kernel) => wrapText(asciiText(kernelText(kernel)), columns, { hanging: '  ' })),
    ...tables.flatMap(({ title, note, rows }) => [
      '',
      ...wrapText(asciiText(`${title}. ${note}`), columns),
      '',
      ...tableLines(
        ['', ...kernels.map(({ name }) => asciiText(name))],
        rows.map(({ label, cells }) => [label, ...cells.map(({ text }) => text)].map(asciiText)),
        columns,
      ),
    ]),
  ].join('\n')}\n`;

export const matrixMarkdown = ({ kernels, tables }: MatrixView): string =>
  markdownOf(
    [`## cfsbench: ${kernels.length} kernels`, '', ...kernels.map((kernel) => `- ${md(kernelText(kernel))}`)],
    tables.map(({ title, rows }, at) => ({
      title,
      columns: [textColumn(''), ...kernels.map(({ name }) => textColumn(md(name)))],
      rows: rows.map(({ label, cells }) => [md(label), ...cells.map(({ text }) => md(text))]),
      isFolded: at > 1,
    })),
  );
