// Values of options: numbers, durations and lists.
import { UserError } from '../model/errors.ts';
import { parseDurationNs } from './duration.ts';

export const wholeNumber =
  (option: string) =>
  (text: string): number => {
    if (!/^\d+$/.test(text))
      throw new UserError(`${option} must be a whole number`, { facts: [`given: ${text}`] });
    return Number(text);
  };

export const duration =
  (option: string) =>
  (text: string): number => {
    const ns = parseDurationNs(text);
    if (ns === null)
      throw new UserError(`${option} must be a time above zero`, {
        facts: [`given: ${text}`],
        hint: `${option} 90s, ${option} 5m or ${option} 1h`,
      });
    return ns;
  };

/** `undefined` is an option that was not given. */
export const refuseBelow = (
  option: string,
  value: number | undefined,
  least: number,
  ...facts: readonly string[]
): void => {
  if (value !== undefined && value < least)
    throw new UserError(`${option} must be at least ${least}`, { facts: [`given: ${value}`, ...facts] });
};

const nonEmpty = (parts: readonly string[]): readonly string[] =>
  parts.map((part) => part.trim()).filter((part) => part !== '');

export const commaList = (text: string): readonly string[] => nonEmpty(text.split(','));

/** A comma separates two images only in front of `kind:`; `synthetic:` and paths contain commas of their own. */
export const imageList = (text: string): readonly string[] => nonEmpty(text.split(/,(?=\s*[a-z]+:)/));
