// Parses a family's parameters: `base=SOURCE,count=N[,app=A..B][,shared=P][,seed=S][,member=I]`.
//
// SOURCE has commas and equals signs of its own. `count` comes right after it, so the last `,count=` ends it.
import { UserError } from '../model/errors.ts';
import { didYouMean } from '../model/nearest-name.ts';

const MAX_COUNT = 100_000;
const MAX_APP_FILES = 10_000;
const PARAMETERS: readonly string[] = ['app', 'shared', 'seed', 'member'];
const BASE = 'base=';
const COUNT = ',count=';
const SHARE = /^(?:0|1|[01]?\.[0-9]{1,4})$/;

export interface FamilySpec {
  /** As on the command line. */
  readonly base: string;
  readonly count: number;
  /** Fewest and most files of an application layer. */
  readonly app: readonly [least: number, most: number];
  /** Share of an application layer's files that are drawn from the files common to all members, 0 to 1. */
  readonly shared: number;
  readonly seed: string;
  /** Null: the family. */
  readonly member: number | null;
}

const usage = (source: string, rule: string): UserError =>
  new UserError(rule, {
    code: 'usage',
    facts: [`given: ${source}`],
    hint: 'family:base=fixture:debian-12-base,count=10,app=20..200,shared=0.5,seed=1',
  });

interface FamilyText {
  readonly source: string;
  readonly values: ReadonlyMap<string, string>;
}

const wholeNumber = ({ source, values }: FamilyText, key: string, least: number, most: number): number => {
  const text = values.get(key)!;
  if (!/^[0-9]{1,8}$/.test(text) || Number(text) < least || Number(text) > most)
    throw usage(source, `${key} must be a whole number from ${least} to ${most}`);
  return Number(text);
};

const appFiles = ({ source, values }: FamilyText): readonly [number, number] => {
  const [, low = '', high = low] = /^([0-9]{1,5})(?:\.\.([0-9]{1,5}))?$/.exec(values.get('app')!) ?? [];
  const range = [Number(low), Number(high)] as const;
  if (range[0] < 1 || range[1] < range[0] || range[1] > MAX_APP_FILES)
    throw usage(source, `app must be A..B, the fewest and the most files, from 1 to ${MAX_APP_FILES}`);
  return range;
};

const share = ({ source, values }: FamilyText): number => {
  const text = values.get('shared')!;
  if (!SHARE.test(text) || Number(text) > 1)
    throw usage(source, 'shared must be a share from 0 to 1, such as 0.5');
  return Number(text);
};

const readValues = (text: string, source: string): ReadonlyMap<string, string> => {
  const [count = '', ...parts] = text.split(',');
  const values = new Map([
    ['count', count],
    ['app', '20..200'],
    ['shared', '0.5'],
    ['seed', '1'],
  ]);
  const typed = new Set<string>();
  for (const part of parts) {
    const [, key = part, value = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
    if (!PARAMETERS.includes(key))
      throw usage(source, `unknown parameter '${key}' of a family${didYouMean(key, PARAMETERS)}`);
    if (typed.has(key)) throw usage(source, `${key} is given twice`);
    typed.add(key);
    values.set(key, value);
  }
  return values;
};

export const parseFamily = (spec: string, source: string): FamilySpec => {
  const end = spec.lastIndexOf(COUNT);
  if (!spec.startsWith(BASE) || end <= BASE.length)
    throw usage(source, 'a family begins with base=SOURCE,count=N');
  const values = readValues(spec.slice(end + COUNT.length), source);
  const given = { source, values };
  const count = wholeNumber(given, 'count', 1, MAX_COUNT);
  return {
    base: spec.slice(BASE.length, end),
    count,
    app: appFiles(given),
    shared: share(given),
    seed: values.get('seed')!,
    member: values.has('member') ? wholeNumber(given, 'member', 0, count - 1) : null,
  };
};
