// The runs of a folder as a table, the last one first.
import type { RunFile } from '../results/schema/run.ts';
import { formatInstant, plural } from './format.ts';
import { asciiText, tableLines, wrapText } from './text.ts';

export interface ListedRun {
  readonly name: string;
  /** The first run of a pool. Null: it cannot be read. */
  readonly run: RunFile | null;
  /** 1: not a pool. */
  readonly runCount: number;
}

const cells = ({ name, run, runCount }: ListedRun): readonly string[] => {
  if (run === null) return [name, '-', '-', 'cannot be read'];
  const status = runCount === 1 ? run.status : `pool of ${plural(runCount, 'run')}`;
  return [name, formatInstant(run.startedAt), run.plan.profile, status];
};

export const runListText = (runs: readonly ListedRun[], columns: number): string =>
  `${[
    ...tableLines(
      ['run', 'began', 'profile', 'status'],
      runs.map((run) => cells(run).map(asciiText)),
      columns,
    ),
    '',
    ...wrapText('To report one: cfsbench report RUN. Without a name the last one is reported.', columns),
  ].join('\n')}\n`;
