// Differences between machines in sentences, the same in terminal, mail, Markdown and page.
import type {
  Fleet,
  FleetDifference,
  FleetEffect,
  FleetRow,
  MissingRun,
  Pooled,
  UnequalCounts,
} from '../../results/pool/pooled.ts';
import { formatRatio, formatValue, grouped, plural, shortName } from '../format.ts';
import { joinParts } from '../text.ts';

/** The probability that any machine is named without a reason. */
const ALPHA_TEXT = '5 %';
const MOST_ITEMS = 6;
const MOST_MACHINES = 6;
const LONGEST_VALUE = 60;

/** `churn local=files, debian-12-base: mount of composefs-fuse`. */
export const rowText = ({ scenario, params, image, metric, arm, kind }: FleetRow): string =>
  `${joinParts(params === '' ? scenario : `${scenario} ${params}`, image)}: ${shortName(metric)} of ${arm}${kind === 'level' ? ' (time, among machines of one kind)' : ''}`;

export const effectText = ({ kind, metric }: FleetRow, value: number): string =>
  kind === 'ratio' ? formatRatio(value) : formatValue(metric, value);

export const rangeOfEffect = (row: FleetRow, { lo, hi }: FleetEffect): string =>
  lo === null || hi === null ? '' : `${effectText(row, lo)}..${effectText(row, hi)}`;

/** `1.5 %`, of a standard deviation of logarithms. */
export const sdText = (sd: number): string => `${(sd * 100).toFixed(1)} %`;

const pText = (p: number): string => (p < 0.0001 ? 'p < 0.0001' : `p ${p.toPrecision(1)}`);

interface NamedRow {
  readonly row: FleetRow;
  readonly effect: FleetEffect;
}

const sizeOf = ({ effect }: NamedRow): number => Math.abs(Math.log(effect.toOthers));

/** Rows in which a machine disagrees, the largest difference first; machines in the order of the fleet. */
const disagreeing = ({
  machines,
  rows,
}: Fleet): readonly (readonly [machine: number, rows: readonly NamedRow[]])[] =>
  machines.flatMap((_, machine): [number, readonly NamedRow[]][] => {
    const named = rows.flatMap((row) =>
      row.machines.flatMap((effect) =>
        effect.machine === machine && effect.disagrees ? [{ row, effect }] : [],
      ),
    );
    return named.length === 0 ? [] : [[machine, named.sort((a, b) => sizeOf(b) - sizeOf(a))]];
  });

const cut = (text: string): string =>
  text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`;

const itemText = ({ item, here, elsewhere }: FleetDifference): string =>
  `${item} (${cut(here)}; elsewhere ${cut(elsewhere)})`;

/** Values that only this machine has come first. */
const differsText = (differs: readonly FleetDifference[]): string => {
  if (differs.length === 0) return 'No recorded item of its environment differs from most others.';
  const inOrder = [...differs].sort((a, b) => Number(b.isAlone) - Number(a.isAlone));
  const more = inOrder.length - MOST_ITEMS;
  return `Its environment differs in ${inOrder.slice(0, MOST_ITEMS).map(itemText).join(', ')}${more > 0 ? `, and ${more} more` : ''}.`;
};

const judgedRows = ({ rows }: Fleet, machine: number): number =>
  rows.filter(({ rule, machines }) => rule !== 'none' && machines.some((one) => one.machine === machine))
    .length;

const disagreementLine = (fleet: Fleet, machine: number, rows: readonly NamedRow[]): string => {
  const { name, differs } = fleet.machines[machine]!;
  const { row, effect } = rows[0]!;
  const most = `${rows.length > 1 ? 'most in ' : ''}${rowText(row)}: ${effectText(row, effect.center)}, ${formatRatio(effect.toOthers)} times that of the others (${pText(effect.p)})`;
  return `${name} disagrees with the other machines in ${rows.length} of ${plural(judgedRows(fleet, machine), 'row')}: ${most}. ${differsText(differs)}`;
};

export const disagreementLines = (fleet: Fleet): readonly string[] =>
  disagreeing(fleet).map(([machine, rows]) => disagreementLine(fleet, machine, rows));

/** `machine-a, machine-b and 7 others`. */
const machineNames = ({ machines }: Fleet, indexes: readonly number[]): string => {
  const names = indexes.map((index) => machines[index]!.name);
  return names.length <= MOST_MACHINES
    ? names.join('; ')
    : `${names.slice(0, MOST_MACHINES).join('; ')} and ${names.length - MOST_MACHINES} others`;
};

const unequalLine = (fleet: Fleet, { examples, count, most, others, factors }: UnequalCounts): string => {
  const more = count > examples.length ? `; and ${count - examples.length} more` : '';
  const why =
    factors.length === 0
      ? 'No recorded item of their environments tells the two apart.'
      : `Their environments differ in ${factors.map(cut).join('; ')}.`;
  return `${plural(count, 'count')} with equal fingerprints differ${count === 1 ? 's' : ''} between ${machineNames(fleet, most)} and ${machineNames(fleet, others)}: ${examples.join('; ')}${more}. ${why}`;
};

export const unequalLines = (fleet: Fleet): readonly string[] =>
  fleet.unequal.map((one) => unequalLine(fleet, one));

const missingLine = ({ name, reason }: MissingRun): string =>
  `${name.charAt(0).toUpperCase()}${name.slice(1)} is missing: ${reason}.`;

/** A thousand missing runs are a number and some names. */
const MOST_MISSING = 10;

const missingLines = ({ missing = [], runs }: Pooled): readonly string[] =>
  missing.length === 0
    ? []
    : [
        `${missing.length} of ${plural(missing.length + runs.length, 'expected run')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
        ...missing.slice(0, MOST_MISSING).map(missingLine),
        ...(missing.length > MOST_MISSING ? [`${missing.length - MOST_MISSING} more are missing.`] : []),
      ];

/** Sentences for the start of the report. */
export const fleetAlerts = (pool: Pooled): readonly string[] => [
  ...missingLines(pool),
  ...(pool.fleet === undefined ? [] : [...disagreementLines(pool.fleet), ...unequalLines(pool.fleet)]),
];

const isAlone = ({ rows }: Fleet): boolean => rows.every(({ rule }) => rule !== 'runs');

/** How machines were judged, in a sentence. */
export const ruleText = (fleet: Fleet, delta: string): string => {
  const { rows, comparisons } = fleet;
  if (rows.every(({ rule }) => rule === 'none'))
    return 'No machine was judged: that needs several runs on machines, or four machines.';
  const rule = isAlone(fleet)
    ? `Each machine has one run, so a machine cannot be told from its run: it disagrees where it is farther from the others than their spread explains, and by more than ${delta}`
    : `A machine disagrees where its difference to the others is shown to be larger than ${delta} and than the floor, by how much runs of one machine differ`;
  return `${rule}. The probability that any machine is named without a reason is ${ALPHA_TEXT}, over all ${grouped(comparisons)} comparisons of headline rows.`;
};

const uncomparedText = (fleet: Fleet): string =>
  fleet.uncompared.length === 0
    ? ''
    : ` Counts of ${machineNames(fleet, fleet.uncompared)} were compared with none: no other machine has equal fingerprints.`;

export const countsText = (fleet: Fleet): string => {
  const { comparedCounts, unequal } = fleet;
  if (comparedCounts === 0)
    return 'No count was compared: no two machines have a constant count with equal fingerprints.';
  const differing = unequal.reduce((sum, { count }) => sum + count, 0);
  const shared = 'that two or more machines share with equal fingerprints';
  const text =
    differing === 0
      ? `All ${plural(comparedCounts, 'count')} ${shared} are equal.`
      : `${plural(differing, 'count')} of ${grouped(comparedCounts)} ${shared} differ${differing === 1 ? 's' : ''}.`;
  return `${text}${uncomparedText(fleet)}`;
};
