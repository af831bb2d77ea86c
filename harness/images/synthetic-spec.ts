// The words of a synthetic image: `files=N,layers=L,seed=S`; `mix=M` for the same M contents' sizes over and over, and `upto=U` for
// the lowest U of its layers alone.
import { UserError } from '../model/errors.ts';

const MAX_FILES = 1_000_000;
const MAX_LAYERS = 100;
const MAX_MIX = 1000;

export interface Wanted {
  readonly fileCount: number;
  readonly layerCount: number;
  readonly seed: string;
  /** So many files have the sizes of the whole distribution, the next ones the same again; null: one distribution over all. */
  readonly mix: number | null;
  /** Lowest layers that are left: what others are built upon. */
  readonly upTo: number;
}

const usage = (source: string, rule: string): UserError =>
  new UserError(rule, {
    code: 'usage',
    facts: [`given: ${source}`],
    hint: 'synthetic:files=1000,layers=2,seed=1',
  });

export const parseSynthetic = (spec: string, source: string): Wanted => {
  const given = new Map<string, string>();
  for (const part of spec.split(',').filter((text) => text !== '')) {
    const [key = '', value = ''] = part.split('=', 2);
    if (!['files', 'layers', 'seed', 'mix', 'upto'].includes(key))
      throw usage(source, `synthetic images have no "${key}"`);
    given.set(key, value);
  }
  const whole = (key: string, fallback: number, max: number): number => {
    const text = given.get(key) ?? String(fallback);
    if (!/^[1-9][0-9]{0,7}$/.test(text) || Number(text) > max)
      throw usage(source, `${key} must be a whole number from 1 to ${max}`);
    return Number(text);
  };
  const layerCount = whole('layers', 1, MAX_LAYERS);
  return {
    fileCount: whole('files', 1000, MAX_FILES),
    layerCount,
    seed: given.get('seed') ?? '1',
    mix: given.has('mix') ? whole('mix', MAX_MIX, MAX_MIX) : null,
    upTo: whole('upto', layerCount, layerCount),
  };
};
