// What stands in a run folder is untrusted: no string of a view may move a cursor or turn the text around.
import { visible } from './visible.ts';

/** Every string of a plain structure, keys of records included. */
export const cleaned = <T>(value: T): T => {
  const clean = (part: unknown): unknown => {
    if (typeof part === 'string') return visible(part);
    if (Array.isArray(part)) return part.map(clean);
    if (part instanceof Map) return new Map([...part].map(([key, inner]) => [clean(key), clean(inner)]));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [visible(key), clean(inner)]));
  };
  return clean(value) as T;
};
