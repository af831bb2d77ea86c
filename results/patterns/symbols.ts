// A line as symbols: its bytes, and in the places of what differs from sample to sample one symbol for any number or text.
import type { Sample } from '../schema/run.ts';

export type OkSample = Extract<Sample, { readonly outcome: 'ok' }>;

/** A whole number from 0; smaller symbols are bytes. */
export const COUNT = 256;
export const NUMBER = 257;
/** Between its quotes, without an escape. */
export const TEXT = 258;

const VARYING: Readonly<Record<string, number>> = {
  seq: COUNT,
  block: COUNT,
  order: COUNT,
  session: COUNT,
  startedAt: TEXT,
  slotNs: NUMBER,
};

/** In JSON they become escapes that stand nowhere else in a line that is told by its symbols. */
const MARKS: Readonly<Record<number, string>> = { [COUNT]: '\0', [NUMBER]: '\x01', [TEXT]: '\x02' };
const MARK = /"\\u000([01])"|\\u000(2)/;
const NO_MARK = /\\u000[012]/;

const marksOf = (sample: OkSample): readonly (readonly [string, unknown])[] =>
  Object.entries(sample).map(([key, value]) => {
    if (Object.hasOwn(VARYING, key)) return [key, MARKS[VARYING[key]!]];
    return key === 'values'
      ? [key, Object.fromEntries(Object.keys(sample.values).map((metric) => [metric, MARKS[NUMBER]]))]
      : [key, value];
  });

/** A line of a megabyte is hardly followed by many like it. */
const LONGEST_LINE = 1 << 16;

/** Null where the line does not read as it would be written, has what stands for a mark, or is too long to be kept. */
export const symbolsOf = (line: string, sample: OkSample): Uint16Array | null => {
  if (line.length > LONGEST_LINE || NO_MARK.test(line) || JSON.stringify(sample) !== line) return null;
  // Every third part is text; the two behind it are the groups of the mark, of which one is undefined.
  const parts = JSON.stringify(Object.fromEntries(marksOf(sample))).split(MARK);
  return Uint16Array.from(
    parts.flatMap((part: string | undefined, i) => {
      if (i % 3 === 0) return [...Buffer.from(part!)];
      return part === undefined ? [] : [COUNT + Number(part)];
    }),
  );
};

/** Where the numbers of a line stand among all of them. */
export interface Places {
  readonly block: number;
  /** Null where the sample does not say. */
  readonly session: number | null;
  /** Of its first value: they follow each other. */
  readonly values: number;
  readonly count: number;
}

export const placesOf = (sample: OkSample): Places => {
  const places = { block: 0, session: null as number | null, values: 0, count: 0 };
  for (const key of Object.keys(sample)) {
    if (key === 'block' || key === 'session' || key === 'values') places[key] = places.count;
    if (key === 'values') places.count += Object.keys(sample.values).length;
    else if (Object.hasOwn(VARYING, key) && VARYING[key] !== TEXT) places.count++;
  }
  return places;
};
