// Small checkers for untrusted JSON. Each takes a value and where it stands, and returns it typed or throws with that place.
import { ResultsError } from './errors.ts';

export type Check<T> = (value: unknown, at: string) => T;

const LONGEST_SHOWN = 60;

const describe = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
};

const refuse = (at: string, expected: string, value: unknown): never => {
  throw new ResultsError(`${at}: expected ${expected}`, { facts: [`found: ${describe(value)}`] });
};

export const text: Check<string> = (value, at) =>
  typeof value === 'string' ? value : refuse(at, 'a string', value);

export const number: Check<number> = (value, at) =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(at, 'a finite number', value);

export const count: Check<number> = (value, at) =>
  Number.isSafeInteger(value) && (value as number) >= 0
    ? (value as number)
    : refuse(at, 'a whole number from 0', value);

export const truth: Check<boolean> = (value, at) =>
  typeof value === 'boolean' ? value : refuse(at, 'true or false', value);

export const oneOf =
  <T extends string | number>(...allowed: readonly T[]): Check<T> =>
  (value, at) =>
    allowed.includes(value as T) ? (value as T) : refuse(at, `one of ${allowed.join(', ')}`, value);

export const nullable =
  <T>(inner: Check<T>): Check<T | null> =>
  (value, at) =>
    value === null ? null : inner(value, at);

/** For what older runs do not have. */
export const optional =
  <T>(inner: Check<T>): Check<T | undefined> =>
  (value, at) =>
    value === undefined ? undefined : inner(value, at);

export const either =
  <A, B>(isFirst: (value: unknown) => boolean, first: Check<A>, second: Check<B>): Check<A | B> =>
  (value, at) =>
    isFirst(value) ? first(value, at) : second(value, at);

export const list =
  <T>(inner: Check<T>): Check<readonly T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) return refuse(at, 'a list', value);
    value.forEach((item, index) => {
      inner(item, `${at}[${index}]`);
    });
    return value as readonly T[];
  };

export const pairOf =
  <T>(inner: Check<T>): Check<readonly [T, T]> =>
  (value, at) => {
    if (!Array.isArray(value) || value.length !== 2) return refuse(at, 'a list of two', value);
    return [inner(value[0], `${at}[0]`), inner(value[1], `${at}[1]`)];
  };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const record =
  <T>(inner: Check<T>): Check<Readonly<Record<string, T>>> =>
  (value, at) => {
    if (!isObject(value)) return refuse(at, 'an object', value);
    for (const key of Object.keys(value)) inner(value[key], `${at}.${key}`);
    return value as Readonly<Record<string, T>>;
  };

/** Checks the named fields and leaves others alone: a newer program of the same schema may have added some. */
export const fields =
  <T extends object>(
    checks: { readonly [K in keyof T]-?: Check<T[K] | Exclude<T[K], undefined>> },
  ): Check<T> =>
  (value, at) => {
    if (!isObject(value)) return refuse(at, 'an object', value);
    for (const key of Object.keys(checks)) {
      const own = Object.hasOwn(value, key) ? value[key] : undefined;
      checks[key as keyof T](own, at === '' ? key : `${at}.${key}`);
    }
    return value as T;
  };

/** A value by name that is the object's own: `constructor` is no metric. */
export const own = <T>(values: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(values, key) ? values[key] : undefined;
