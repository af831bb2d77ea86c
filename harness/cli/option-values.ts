// Values of options: numbers, durations and lists.
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { parseDurationNs } from './duration.ts';

/** The range that an option accepts, both ends included. */
export interface NumberRange {
  readonly option: string;
  readonly least: number;
  readonly most: number;
  /** Why not less. */
  readonly because?: string;
}

const LONGEST_SHOWN = 60;
const given = (text: string): string => `given: ${visible(text.slice(0, LONGEST_SHOWN))}`;

const outside = ({ option, least, most, because }: NumberRange, value: string): UserError =>
  new UserError(`${option} must be a whole number from ${least} to ${most}`, {
    facts: [given(value), ...(because === undefined ? [] : [because])],
  });

/** Also for numbers of an earlier run, which somebody may have edited. `undefined` is an option that was not given. */
export const refuseOutside = (range: NumberRange, value: unknown): void => {
  const isInside =
    Number.isSafeInteger(value) && (value as number) >= range.least && (value as number) <= range.most;
  if (value !== undefined && !isInside) throw outside(range, String(value));
};

export const wholeNumber =
  (range: NumberRange) =>
  (text: string): number => {
    if (!/^\d+$/.test(text)) throw outside(range, text);
    refuseOutside(range, Number(text));
    return Number(text);
  };

export const MOST_DAYS = 30;
const MOST_NS = MOST_DAYS * 86_400e9;

/** Nanoseconds; as `refuseOutside`. */
export const refuseTime = (option: string, ns: unknown, text = `${ns} ns`): void => {
  if (ns === undefined || (typeof ns === 'number' && ns > 0 && ns <= MOST_NS)) return;
  throw new UserError(`${option} must be a time above zero, at most ${MOST_DAYS} days`, {
    facts: [given(text)],
    hint: `${option} 90s, ${option} 5m or ${option} 1h`,
  });
};

export const duration =
  (option: string) =>
  (text: string): number => {
    const ns = parseDurationNs(text);
    refuseTime(option, ns, text);
    return ns!;
  };

const nonEmpty = (parts: readonly string[]): readonly string[] =>
  parts.map((part) => part.trim()).filter((part) => part !== '');

export const commaList = (text: string): readonly string[] => nonEmpty(text.split(','));

/** An empty list does not stand for everything, nor for nothing. */
export const refuseEmpty = (option: string, names: readonly string[], hint: string): void => {
  if (names.length === 0) throw new UserError(`${option} has no names in its list`, { hint });
};

/** At least one name. `example`: of the list. */
export const namesOf =
  (option: string, example: string) =>
  (text: string): readonly string[] => {
    const names = commaList(text);
    refuseEmpty(option, names, `${option} ${example}`);
    return names;
  };

/** A comma separates two images only in front of `kind:`; `synthetic:` and paths contain commas of their own. */
export const imageList = (text: string): readonly string[] => nonEmpty(text.split(/,(?=\s*[a-z]+:)/));
