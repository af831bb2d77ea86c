// Strings of a run folder are untrusted: control and direction characters become visible text.
import { visible } from '../results/visible.ts';

/** Cleans every string of a plain structure, keys included. */
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
