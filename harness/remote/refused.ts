// Refused answers of a server: one sentence with the requested object and the reason.
import { UserError } from '../model/errors.ts';

export type RefusalCode =
  | 'connection'
  | 'status'
  | 'redirect'
  | 'header'
  | 'silent'
  | 'slow'
  | 'short'
  | 'long'
  | 'wrong-digest';

/** `object 21a5…: the server answered 404`. */
export const refusal = (
  what: string,
  code: RefusalCode,
  why: string,
  facts: readonly string[] = [],
): UserError => new UserError(`${what}: ${why}`, { code, exit: 5, facts });

export interface Refused {
  readonly what: string;
  readonly error: UserError;
}

const MOST_NAMED = 10;

/** Throws the first refusal, with the others as facts. */
export const throwRefused = (refused: readonly Refused[]): void => {
  const [first, ...others] = refused;
  if (first === undefined) return;
  const more = others.length - MOST_NAMED;
  throw new UserError(first.error.message, {
    code: first.error.code,
    exit: 5,
    facts: [
      ...first.error.facts,
      ...others.slice(0, MOST_NAMED).map(({ error }) => error.message),
      ...(more > 0 ? [`and ${more} more`] : []),
    ],
  });
};
