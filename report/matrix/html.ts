// The matrix as one page without scripts.
import { createHash } from 'node:crypto';
import { plural } from '../format.ts';
import { type Html, html } from '../html/html.ts';
import { definitions, folded, heads, plainTable } from '../html/parts.ts';
import { styles } from '../html/styles.ts';
import { kernelText, type MatrixCell, type MatrixKernel, type MatrixTable, type MatrixView } from './view.ts';

const CLASSES: Readonly<Record<MatrixCell['kind'], string>> = {
  yes: 'verdict faster',
  no: 'verdict slower',
  plain: '',
  absent: 'none',
};

const cellHtml = ({ text, detail, kind }: MatrixCell): Html =>
  html`<td title="${detail}"><span class="${CLASSES[kind]}">${text}</span></td>`;

/** Details are on the page, not only where a pointer rests. */
const reasonsHtml = ({ rows }: MatrixTable, kernels: readonly MatrixKernel[]): Html => {
  const reasons = rows.flatMap(({ label, cells }) =>
    cells.flatMap(({ text, detail }, at) =>
      detail === '' ? [] : [[`${label}, ${kernels[at]!.name}`, `${text}: ${detail}`] as const],
    ),
  );
  return reasons.length === 0 ? html`` : folded('each cell with what was found', definitions(reasons));
};

const tableHtml = (table: MatrixTable, kernels: readonly MatrixKernel[]): Html => html`<section>
<h2>${table.title}</h2>
<p>${table.note}</p>
${plainTable(
  heads(['', ...kernels.map(({ name }) => name)]),
  table.rows.map(
    ({ label, cells }) => html`<tr><th scope="row">${label}</th>${cells.map(cellHtml)}</tr>
`,
  ),
  table.title,
)}${reasonsHtml(table, kernels)}</section>
`;

const hash = createHash('sha256').update(styles, 'utf8').digest('base64');

export const matrixPage = ({ kernels, tables }: MatrixView): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>kernels – cfsbench</title>
<link rel="icon" href="data:,">
<style>${styles}</style>
</head>
<body>
${
  html`<main>
<header>
<h1>cfsbench under ${plural(kernels.length, 'kernel')}</h1>
</header>
${definitions(kernels.map((kernel) => [kernel.name, kernelText(kernel)] as const))}
${tables.map((table) => tableHtml(table, kernels))}</main>`.markup
}
</body>
</html>
`;
