// Parses a synthetic image's parameters: `files=N,layers=L,seed=S`, `mix=M` to repeat the same M file sizes, `upto=U` for only the
// lowest U layers.
import { UserError } from '../model/errors.ts';
import { didYouMean } from '../model/nearest-name.ts';

const MAX_FILES = 1_000_000;
const MAX_LAYERS = 100;
const MAX_MIX = 1000;
const PARAMETERS: readonly string[] = ['files', 'layers', 'seed', 'mix', 'upto'];

export interface SyntheticSpec {
  readonly fileCount: number;
  readonly layerCount: number;
  readonly seed: string;
  /** Number of files that follow the whole size distribution before it repeats; null: one distribution over all files. */
  readonly mix: number | null;
  /** Number of lowest layers to keep. */
  readonly upTo: number;
}

const usage = (source: string, rule: string): UserError =>
  new UserError(rule, {
    code: 'usage',
    facts: [`given: ${source}`],
    hint: 'synthetic:files=1000,layers=2,seed=1',
  });

export const parseSynthetic = (spec: string, source: string): SyntheticSpec => {
  const given = new Map<string, string>();
  for (const part of spec.split(',').filter((text) => text !== '')) {
    const [key = '', value = ''] = part.split('=', 2);
    if (!PARAMETERS.includes(key))
      throw usage(source, `unknown parameter '${key}' of a synthetic image${didYouMean(key, PARAMETERS)}`);
    given.set(key, value);
  }
  const wholeNumber = (key: string, fallback: number, max: number): number => {
    const text = given.get(key) ?? String(fallback);
    if (!/^[1-9][0-9]{0,7}$/.test(text) || Number(text) > max)
      throw usage(source, `${key} must be a whole number from 1 to ${max}`);
    return Number(text);
  };
  const layerCount = wholeNumber('layers', 1, MAX_LAYERS);
  return {
    fileCount: wholeNumber('files', 1000, MAX_FILES),
    layerCount,
    seed: given.get('seed') ?? '1',
    mix: given.has('mix') ? wholeNumber('mix', MAX_MIX, MAX_MIX) : null,
    upTo: wholeNumber('upto', layerCount, layerCount),
  };
};
