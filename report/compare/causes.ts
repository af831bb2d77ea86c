// Counts that changed, grouped by their likely cause: one program makes other calls in one phase, in as many places as it runs.
//
// `In create, tar makes one more statx per file` is one cause, whatever the number of scenarios, parameters, images and arms.
import type { ExactResult } from '../../results/gate/exact.ts';
import { placeKey } from '../../results/gate/exact-rows.ts';
import type { ImageInfo } from '../../results/schema/run.ts';
import { ascii } from '../../results/visible.ts';
import { groupsBy } from '../analysis/group-by.ts';
import { grouped } from '../format.ts';
import { changeText, reasonText } from './words.ts';

export interface Cause {
  readonly status: ExactResult['status'];
  readonly text: string;
  /** Arms, scenarios with parameters, and images. */
  readonly where: string;
  readonly rows: readonly [ExactResult, ...ExactResult[]];
}

const MOST_CALLS = 4;
const MOST_NAMES = 3;
/** Of the number of files: a program need not make the call for every one. */
const NEARLY = 0.02;
/** With fewer files a constant number could be mistaken for one call per file. */
const FEWEST_FILES = 20;

const byOf = ({ base, head }: ExactResult): number => (head?.least ?? 0) - (base?.least ?? 0);

const unitsOf = (image: ImageInfo | undefined): readonly (readonly [string, number])[] =>
  image === undefined
    ? []
    : [
        ['file', image.fileCount],
        ['entry', image.entryCount],
        ['directory', image.directoryCount],
        ['object', image.objectCount],
      ];

const amountText = (count: number): string => (Math.abs(count) === 1 ? 'one' : grouped(Math.abs(count)));

/** `one more` or `3 fewer`, and ` per file` where the image has as many. */
const byText = (row: ExactResult, images: ReadonlyMap<string, ImageInfo>): readonly [string, string] => {
  const by = byOf(row);
  const direction = by < 0 ? 'fewer' : 'more';
  for (const [unit, count] of unitsOf(images.get(row.place.image))) {
    const each = Math.round(by / count);
    if (count >= FEWEST_FILES && each !== 0 && Math.abs(by - each * count) <= NEARLY * count)
      return [`${amountText(each)} ${direction}`, ` per ${unit}`];
  }
  return [`${amountText(by)} ${direction}`, ''];
};

const subjectOf = ({ counted }: ExactResult): string => {
  if (counted === null) return '';
  return ascii(counted.kind === 'call' ? counted.call : counted.metric);
};

/** One call or metric in all places of a cause. */
const changeOf = (
  rows: readonly [ExactResult, ...ExactResult[]],
  images: ReadonlyMap<string, ImageInfo>,
): string => {
  const [first] = rows;
  const texts = new Set(rows.map((row) => byText(row, images).join(' x')));
  const subject = subjectOf(first);
  // Not constant in the base: the least of the passes may well be equal.
  if (rows.every((row) => byOf(row) === 0))
    return rows.length === 1 ? `${subject} (${changeText(first)})` : subject;
  if (first.status === 'varies') return `${subject} (${reasonText(first)})`;
  if (texts.size === 1) {
    const [amount, per] = byText(first, images);
    const change = first.counted?.kind === 'call' ? '' : ` (${changeText(first)})`;
    return `${amount} ${subject}${per}${rows.length === 1 ? change : ''}`;
  }
  const all = rows.map(byOf);
  const signed = (by: number): string => `${by > 0 ? '+' : ''}${grouped(by)}`;
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return least === most ? `${subject} ${signed(least)} each` : `${subject} ${signed(least)}..${signed(most)}`;
};

const namesText = (names: readonly string[]): string => {
  const unique = [...new Set(names.filter((name) => name !== ''))];
  const more = unique.length - MOST_NAMES;
  return ascii([...unique.slice(0, MOST_NAMES), ...(more > 0 ? [`${more} more`] : [])].join(', '));
};

const whereText = (rows: readonly ExactResult[]): string =>
  [
    namesText(rows.map(({ place }) => place.arm)),
    namesText(
      rows.map(({ place }) => [place.scenario, place.params].filter((part) => part !== '').join(' ')),
    ),
    namesText(rows.map(({ place }) => place.image)),
  ].join('; ');

const groupText = (
  rows: readonly [ExactResult, ...ExactResult[]],
  images: ReadonlyMap<string, ImageInfo>,
): string => {
  const { counted, status } = rows[0];
  if (status === 'vanished' || counted === null) {
    const subjects = namesText(rows.map(subjectOf));
    const because = rows[0].because.length === 0 ? '' : ` (${ascii(rows[0].because.join('; '))})`;
    return `${subjects === '' ? 'everything' : subjects}: ${reasonText(rows[0])}${because}`;
  }
  const changes = groupsBy(rows, subjectOf).map((same) => changeOf(same, images));
  const more = changes.length - MOST_CALLS;
  const list = [...changes.slice(0, MOST_CALLS), ...(more > 0 ? [`${more} other calls`] : [])].join(', ');
  return counted.kind === 'call' ? `in ${ascii(counted.phase)}, ${ascii(counted.actor)}: ${list}` : list;
};

/** Rows with one actor in one phase of one place: their calls changed together. */
const byPlace = (rows: readonly ExactResult[]) =>
  groupsBy(rows, ({ status, place, counted }) =>
    JSON.stringify([
      status,
      placeKey(place),
      counted?.kind === 'call' ? [counted.phase, counted.actor] : counted?.metric,
    ]),
  );

/** Causes with the most rows first. */
export const causesOf = (rows: readonly ExactResult[], images: readonly ImageInfo[]): readonly Cause[] => {
  const known = new Map(images.map((image) => [image.name, image]));
  const sameEverywhere = groupsBy(byPlace(rows), ([first, ...others]) =>
    JSON.stringify([
      first.status,
      first.counted?.kind === 'call' ? [first.counted.phase, first.counted.actor] : null,
      [first, ...others].map(subjectOf).sort(),
      first.status === 'vanished' ? first.because : null,
    ]),
  );
  return sameEverywhere
    .map((places): Cause => {
      const all = places.flat() as unknown as [ExactResult, ...ExactResult[]];
      return { status: all[0].status, text: groupText(all, known), where: whereText(all), rows: all };
    })
    .sort((a, b) => b.rows.length - a.rows.length);
};
