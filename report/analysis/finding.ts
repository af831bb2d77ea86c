// What the first table says in a sentence or two, computed from it and nothing else.

import { unreachable } from '../../results/errors.ts';
import { floorText, formatValue, ratioText } from '../format.ts';
import type { ArmView, RowView, SectionView, TableView, VersusView } from '../view.ts';

const doubt = ({ verdict, floor }: VersusView): string => {
  switch (verdict) {
    case 'faster':
    case 'slower':
      return '';
    case 'same':
      return ' [same]';
    case 'belowFloor':
      return ` [${floorText(floor)}]`;
    case 'undecided':
      return ' [undecided]';
    case 'tooFew':
      return ' [too few blocks]';
    default:
      return unreachable(verdict);
  }
};

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

interface Asked {
  readonly params: string;
  readonly row: RowView;
}

const baselinePhrase = (asked: readonly Asked[], baseline: number): string =>
  listed(
    asked.map(({ params, row }) => {
      const cell = row.cells[baseline];
      const shown = cell?.kind === 'value' ? formatValue(row.metric, cell.median) : 'unknown';
      return params === '' ? shown : `${shown} (${params})`;
    }),
  );

const armPhrase = (asked: readonly Asked[], arm: ArmView, index: number): string[] => {
  if (arm.role !== 'arm') return [];
  // A variant that this question was not asked of is not missing.
  if (arm.variant && asked.every(({ row }) => row.cells[index]?.kind === 'absent')) return [];
  const ratios = asked.map(({ row }) => {
    const cell = row.cells[index];
    if (cell?.kind !== 'value' || cell.versus === null) return 'not measured';
    const { ratio } = cell.versus;
    const shown = ratio.kind === 'tooFew' ? formatValue(row.metric, cell.median) : ratioText(ratio);
    return `${shown}${doubt(cell.versus)}`;
  });
  return [`${arm.id} ${listed(ratios)}`];
};

/** A rate says more than a phase: the first scenario's rate, else its last headline row. */
const chosen = (section: SectionView): RowView =>
  section.rows.find(({ info }) => info.better === 'higher') ?? section.rows.at(-1)!;

/** The state that the debate is about: every file is here, the image is not set up. */
const EVERY_FILE = 'local=files';

/** Null where no such lives were measured. */
const filesFinding = ({ image, sections }: TableView, arms: readonly ArmView[]): string | null => {
  const section = sections.find(({ params }) => params === EVERY_FILE);
  const rowOf = (metric: string): RowView | undefined =>
    section?.rows.find((candidate) => candidate.metric === metric);
  const row = rowOf('imagesPerSecond');
  const baseline = arms.findIndex(({ role }) => role === 'baseline');
  const rateIn = (of: RowView | undefined): string | null => {
    const cell = of?.cells[baseline];
    return cell?.kind === 'value' ? formatValue(of!.metric, cell.median) : null;
  };
  const rate = rateIn(row);
  if (row === undefined || rate === null) return null;
  const others = arms.flatMap((arm, index) => armPhrase([{ params: '', row }], arm, index));
  const pulled = rateIn(rowOf('pulledImagesPerSecond'));
  return [
    `With every file of ${image} here, ${arms[baseline]!.id} sets an image up, uses it once and removes it ${rate}, one after another; as a multiple of that: ${others.join('; ')}.`,
    ...(pulled === null
      ? []
      : [
          `Asking the store and collecting it are not in these rates; with one of each per image it is ${pulled}.`,
        ]),
  ].join(' ');
};

export type Elsewhere = 'sections' | 'counts' | 'nothing';

const WITHOUT_TABLE: Readonly<Record<Elsewhere, (sampleCount: number) => string>> = {
  sections: (sampleCount) =>
    `No row of the first table was asked for: what ${sampleCount} slots gave stands in sections of its own.`,
  counts: (sampleCount) => `Counted, not timed: calls, requests and files of ${sampleCount} slots.`,
  nothing: (sampleCount) =>
    `Nothing was measured: none of ${sampleCount} slots gave a value for the first table.`,
};

export const findingOf = (
  tables: readonly TableView[],
  arms: readonly ArmView[],
  sampleCount: number,
  /** What there is beside the first table: rows in sections of their own, counts and no time, or nothing. */
  elsewhere: Elsewhere = 'nothing',
): string => {
  const table = tables.find(({ image }) => image !== null);
  const first = table?.sections[0];
  if (table === undefined || first === undefined) return WITHOUT_TABLE[elsewhere](sampleCount);
  const ofFiles = filesFinding(table, arms);
  if (ofFiles !== null) return ofFiles;
  const { metric, info } = chosen(first);
  const asked = table.sections
    .filter(({ scenario }) => scenario === first.scenario)
    .flatMap(({ params, rows }) => {
      const row = rows.find((candidate) => candidate.metric === metric);
      return row === undefined ? [] : [{ params, row }];
    });
  const baseline = arms.findIndex(({ role }) => role === 'baseline');
  const title = `${info.title.charAt(0).toUpperCase()}${info.title.slice(1)}`;
  const others = arms.flatMap((arm, index) => armPhrase(asked, arm, index));
  return `${title}, on ${table.image}, as a multiple of ${arms[baseline]?.id ?? 'the baseline'}'s ${baselinePhrase(asked, baseline)}: ${others.join('; ')}.`;
};
