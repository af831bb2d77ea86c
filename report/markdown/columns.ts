// Several runs as the columns of tables, for a pull request.
import type { RunColumns } from '../../results/gate/columns.ts';
import type { ImageInfo } from '../../results/schema/run.ts';
import { columnTables, countChanges, runTitle } from '../compare/columns.ts';
import { plural } from '../format.ts';
import { type MarkdownTable, markdownOf, md, numberColumn, textColumn } from './lines.ts';

export const columnsMarkdown = (compared: RunColumns, images: readonly ImageInfo[]): string => {
  const numbers = compared.runs.map((_, at) => numberColumn(`run ${at + 1}`));
  const changes = countChanges(compared, images);
  return markdownOf(
    [
      `## cfsbench: ${plural(compared.runs.length, 'run')} side by side`,
      ...compared.runs.flatMap((run, at) => ['', `Run ${at + 1}: ${md(runTitle(run))}`]),
      ...changes.flatMap(({ title }) => ['', `${md(title)}.`]),
      '',
      'Times of different runs are shown, never judged.',
    ],
    [
      ...columnTables(compared).map(
        ({ title, rows }, at): MarkdownTable => ({
          title: md(title),
          columns: [textColumn('time'), ...numbers],
          rows: rows.map(({ label, cells }) => [label, ...cells].map((cell) => md(cell))),
          isFolded: at > 0,
        }),
      ),
      ...changes.map(
        ({ title, causes }): MarkdownTable => ({
          title: md(title),
          columns: [textColumn('what'), textColumn('where'), numberColumn('rows')],
          rows: causes.map(({ status, text, where, rows }) => [
            md(`${status}: ${text}`),
            md(where),
            String(rows.length),
          ]),
          isFolded: true,
        }),
      ),
    ],
  );
};
