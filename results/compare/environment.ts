// The environment of a run as a flat list of items, and the items in which two differ.
import type { Environment } from '../schema/machine.ts';

/** Null: absent on that side. */
export interface EnvironmentItem {
  readonly item: string;
  readonly base: string | null;
  readonly head: string | null;
}

const flatten = (value: unknown, at: string, into: Map<string, string>): void => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    for (const [key, inner] of Object.entries(value)) flatten(inner, at === '' ? key : `${at}.${key}`, into);
  else into.set(at, Array.isArray(value) ? value.join(' ') : String(value));
};

/** Not properties of the machine. */
const TRANSIENT = /^(loadAverage|slotPath(Bytes|Names)$|features\..*\.detail$)/;

/** Item to its value, without items that are no properties of the machine. */
export const environmentFacts = (environment: Environment): ReadonlyMap<string, string> => {
  const facts = new Map<string, string>();
  flatten(environment, '', facts);
  return new Map([...facts].filter(([item]) => !TRANSIENT.test(item)));
};

export const environmentItems = (base: Environment, head: Environment): readonly EnvironmentItem[] => {
  const [left, right] = [environmentFacts(base), environmentFacts(head)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((key) => left.get(key) !== right.get(key))
    .map((key) => ({ item: key, base: left.get(key) ?? null, head: right.get(key) ?? null }));
};
