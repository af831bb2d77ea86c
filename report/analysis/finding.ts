// The first table in one or two sentences.

import { unreachable } from '../../results/errors.ts';
import { floorText, formatValue, ratioText } from '../format.ts';
import type { ArmView, RowView, SectionView, TableView, VersusView } from '../view.ts';

const verdictNote = ({ verdict, floor }: VersusView): string => {
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

const listText = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

interface MetricRow {
  readonly params: string;
  readonly row: RowView;
}

const baselinePhrase = (rows: readonly MetricRow[], baseline: number): string =>
  listText(
    rows.map(({ params, row }) => {
      const cell = row.cells[baseline];
      const shown = cell?.kind === 'value' ? formatValue(row.metric, cell.median) : 'unknown';
      return params === '' ? shown : `${shown} (${params})`;
    }),
  );

const armPhrase = (rows: readonly MetricRow[], arm: ArmView, index: number): string[] => {
  if (arm.role !== 'arm') return [];
  // A variant without a value was not planned for this row.
  if (arm.variant && rows.every(({ row }) => row.cells[index]?.kind === 'absent')) return [];
  const ratios = rows.map(({ row }) => {
    const cell = row.cells[index];
    if (cell?.kind !== 'value' || cell.versus === null) return 'not measured';
    const { ratio } = cell.versus;
    const shown = ratio.kind === 'tooFew' ? formatValue(row.metric, cell.median) : ratioText(ratio);
    return `${shown}${verdictNote(cell.versus)}`;
  });
  return [`${arm.id} ${listText(ratios)}`];
};

/** The scenario's rate, else its last headline row. */
const findingRow = (section: SectionView): RowView =>
  section.rows.find(({ info }) => info.better === 'higher') ?? section.rows.at(-1)!;

/** The state that the debate is about: all files are local, the image is not set up. */
const ALL_FILES = 'local=files';

/** Null: no life with local files was measured. */
const filesFinding = ({ image, sections }: TableView, arms: readonly ArmView[]): string | null => {
  const section = sections.find(({ params }) => params === ALL_FILES);
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
    `With all files of ${image} local, ${arms[baseline]!.id} sets up, uses once and removes images at ${rate}, one after another; the others as a multiple of that: ${others.join('; ')}.`,
    ...(pulled === null
      ? []
      : [
          `These rates include neither ingest nor collect; with one of each per image the rate is ${pulled}.`,
        ]),
  ].join(' ');
};

export type Elsewhere = 'sections' | 'counts' | 'nothing';

const WITHOUT_TABLE: Readonly<Record<Elsewhere, (sampleCount: number) => string>> = {
  sections: (sampleCount) =>
    `The first table has no rows: the results of ${sampleCount} slots are in sections of their own.`,
  counts: (sampleCount) => `Counted, not timed: calls, requests and files of ${sampleCount} slots.`,
  nothing: (sampleCount) =>
    `Nothing was measured: none of ${sampleCount} slots gave a value for the first table.`,
};

export const findingOf = (
  tables: readonly TableView[],
  arms: readonly ArmView[],
  sampleCount: number,
  /** What the report has beside the first table. */
  elsewhere: Elsewhere = 'nothing',
): string => {
  const table = tables.find(({ image }) => image !== null);
  const first = table?.sections[0];
  if (table === undefined || first === undefined) return WITHOUT_TABLE[elsewhere](sampleCount);
  const withFiles = filesFinding(table, arms);
  if (withFiles !== null) return withFiles;
  const { metric, info } = findingRow(first);
  const rows = table.sections
    .filter(({ scenario }) => scenario === first.scenario)
    .flatMap((section) => {
      const row = section.rows.find((candidate) => candidate.metric === metric);
      return row === undefined ? [] : [{ params: section.params, row }];
    });
  const baseline = arms.findIndex(({ role }) => role === 'baseline');
  const title = `${info.title.charAt(0).toUpperCase()}${info.title.slice(1)}`;
  const others = arms.flatMap((arm, index) => armPhrase(rows, arm, index));
  return `${title}, on ${table.image}, as a multiple of ${arms[baseline]?.id ?? 'the baseline'}'s ${baselinePhrase(rows, baseline)}: ${others.join('; ')}.`;
};
