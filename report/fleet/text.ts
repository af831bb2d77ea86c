// The machines of a pool for a terminal or a mail.
import type { Fleet, FleetRow } from '../../results/pool/pooled.ts';
import { formatPercent, ratioText } from '../format.ts';
import { asciiText, tableLines, wrapText } from '../text.ts';
import type { ReportView } from '../view.ts';
import { countsText, effectText, rangeOfEffect, rowText, ruleText, sdText } from './words.ts';

interface FleetTextOptions {
  readonly columns: number;
  /** Every row and machine. */
  readonly isLong?: boolean;
  /** The others are on the page. */
  readonly mostMachines?: number;
  readonly mostRows?: number;
}

const MOST_MACHINES = 12;
const MOST_ROWS = 4;

type FleetText = Required<FleetTextOptions>;

const complete = ({
  columns,
  isLong = false,
  mostMachines = MOST_MACHINES,
  mostRows = MOST_ROWS,
}: FleetTextOptions): FleetText => ({
  columns,
  isLong,
  mostMachines: isLong ? Number.POSITIVE_INFINITY : mostMachines,
  mostRows: isLong ? Number.POSITIVE_INFINITY : mostRows,
});

const prose = (text: string, columns: number): readonly string[] =>
  wrapText(asciiText(text), columns, { breakWords: true });

const machineTable = ({ machines }: Fleet, { columns, mostMachines }: FleetText): readonly string[] => {
  const shown = machines.slice(0, mostMachines);
  return [
    ...tableLines(
      ['machine', 'runs', 'kernel', 'disk'],
      shown.map(({ name, runCount, kernel, disk }) =>
        [name, String(runCount), kernel.split(' ', 1)[0]!, disk].map(asciiText),
      ),
      columns,
    ),
    ...(shown.length < machines.length
      ? [`${machines.length - shown.length} more machines: --long, or the page.`]
      : []),
  ];
};

const rowBlock = (
  { machines }: Fleet,
  row: FleetRow,
  { columns, isLong, mostMachines }: FleetText,
): readonly string[] => {
  const far = (toOthers: number): number => Math.abs(Math.log(toOthers));
  const inOrder = [...row.machines].sort(
    (a, b) => Number(b.disagrees) - Number(a.disagrees) || far(b.toOthers) - far(a.toOthers),
  );
  const shown = isLong ? row.machines : inOrder.slice(0, mostMachines);
  const more = row.machines.length - shown.length;
  return [
    '',
    ...prose(
      `${rowText(row)}; pooled ${ratioText(row.pooled)}, machine sd ${sdText(row.machineSd)}`,
      columns,
    ),
    ...tableLines(
      ['', 'runs', row.kind === 'ratio' ? 'ratio' : 'time', 'interval', 'to others', ''],
      shown.map((effect) =>
        [
          machines[effect.machine]!.name,
          String(effect.runs),
          effectText(row, effect.center),
          rangeOfEffect(row, effect),
          effect.toOthers.toFixed(3),
          effect.disagrees ? 'disagrees' : '',
        ].map(asciiText),
      ),
      columns,
    ),
    ...(more > 0 ? [`${more} more machines: --long, or the page.`] : []),
    ...row.kernels.map(({ kernel, ratio, center, machines: count }) =>
      asciiText(
        `kernel ${kernel.split(' ', 1)[0]}: ${ratio.kind === 'interval' ? ratioText(ratio) : effectText(row, center)}, ${count} machine${count === 1 ? '' : 's'}`,
      ),
    ),
  ];
};

/** Rows in which a machine disagrees, else those in which machines differ most. */
const chosenRows = ({ rows }: Fleet, mostRows: number): readonly FleetRow[] => {
  const disagreed = (row: FleetRow): boolean => row.machines.some(({ disagrees }) => disagrees);
  return [...rows]
    .sort((a, b) => Number(disagreed(b)) - Number(disagreed(a)) || b.machineSd - a.machineSd)
    .slice(0, mostRows);
};

/** Empty for one machine. */
export const fleetLines = (view: ReportView, given: FleetTextOptions): readonly string[] => {
  const fleet = view.pool?.fleet;
  if (fleet === undefined) return [];
  const options = complete(given);
  const rows = options.isLong ? fleet.rows : chosenRows(fleet, options.mostRows);
  const left = fleet.rows.length - rows.length;
  return [
    ...machineTable(fleet, options),
    '',
    ...prose(`${ruleText(fleet, formatPercent(view.delta))} ${countsText(fleet)}`, options.columns),
    ...rows.flatMap((row) => rowBlock(fleet, row, options)),
    ...(left > 0
      ? ['', ...prose(`${left} more rows by machine: --long, or the page.`, options.columns)]
      : []),
  ];
};
