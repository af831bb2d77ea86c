// The machines of a pool as tables for a pull request.
import type { Pooled } from '../../results/pool/pooled.ts';
import { formatRatio, ratioText } from '../format.ts';
import { type MarkdownTable, md, numberColumn, textColumn } from '../markdown/lines.ts';
import { effectText, rowText, sdText } from './words.ts';

/** Empty for one machine. */
export const fleetTables = ({ fleet }: Pooled): readonly MarkdownTable[] => {
  if (fleet === undefined) return [];
  const { machines, rows } = fleet;
  return [
    {
      title: `Machines: ${machines.length}`,
      columns: [...['machine', 'kernel', 'CPU', 'disk'].map(textColumn), numberColumn('runs')],
      rows: machines.map(({ name, kernel, cpu, disk, runCount }) => [
        ...[name, kernel, cpu, disk].map((text) => md(text)),
        String(runCount),
      ]),
    },
    {
      title: `Rows by machine: ${rows.length}`,
      columns: [
        ...['row', 'disagrees'].map(textColumn),
        ...['pooled', 'between machines', 'least', 'most'].map(numberColumn),
      ],
      rows: [...rows]
        .sort((a, b) => b.machineSd - a.machineSd)
        .map((row) => {
          const centers = row.machines.map(({ center }) => center);
          const named = row.machines.filter(({ disagrees }) => disagrees);
          return [
            md(rowText(row)),
            md(
              named
                .map(({ machine, toOthers }) => `${machines[machine]!.name} (${formatRatio(toOthers)} times)`)
                .join('; '),
            ),
            ratioText(row.pooled),
            sdText(row.machineSd),
            effectText(row, Math.min(...centers)),
            effectText(row, Math.max(...centers)),
          ];
        }),
      isFolded: true,
    },
  ];
};
