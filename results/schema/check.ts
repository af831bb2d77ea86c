// Checks untrusted JSON against the published schemas. An error names the file, the field, the allowed values and the found one.
import { ResultsError, type ResultsErrorParts } from '../errors.ts';
import type { GateConfig } from './gate.ts';
import { HISTORY_SCHEMA, type HistoryLine } from './history.ts';
import { type RunFile, type Sample, SCHEMA } from './run.ts';
import * as validators from './validators.ts';

/** As the generated code reports it. */
interface Violation {
  /** JSON pointer; empty: the whole value. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly Violation[] | null;
}

const LONGEST_SHOWN = 60;

const describe = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  try {
    const text = JSON.stringify(value);
    return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  } catch {
    return 'arrays or objects that are nested too deeply';
  }
};

const keysOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

const valueAt = (value: unknown, keys: readonly string[]): unknown =>
  keys.reduce((inner, key) => (inner as Record<string, unknown>)[key], value);

/** `images[0].name` */
const fieldOf = (value: unknown, keys: readonly string[]): string =>
  keys
    .map((key, i) =>
      Array.isArray(valueAt(value, keys.slice(0, i))) ? `[${key}]` : `${i > 0 ? '.' : ''}${key}`,
    )
    .join('');

const TYPES: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

const limitOf = ({ keyword, params: { limit, type } }: Violation): string => {
  switch (keyword) {
    case 'type':
      return String(type)
        .split(',')
        .map((name) => TYPES[name] ?? name)
        .join(' or ');
    case 'minimum':
      return `at least ${limit}`;
    case 'maximum':
      return `at most ${limit}`;
    case 'exclusiveMinimum':
      return `more than ${limit}`;
    case 'exclusiveMaximum':
      return `less than ${limit}`;
    case 'minItems':
    case 'maxItems':
      return `an array of ${limit}`;
    default:
      return `valid by its schema (${keyword})`;
  }
};

const choicesOf = ({ params }: Violation): readonly unknown[] =>
  'allowedValue' in params
    ? [params['allowedValue']]
    : ((params['allowedValues'] ?? []) as readonly unknown[]);

/** Several violations of one value are the forms of a union. */
const allowedBy = (violations: readonly Violation[]): string => {
  const choices = violations.flatMap(choicesOf);
  const limits = violations.filter((one) => choicesOf(one).length === 0).map(limitOf);
  const text = choices.length > 1 ? [`one of ${choices.join(', ')}`] : choices.map(describe);
  return [...new Set([...text, ...limits])].join(' or ');
};

const keyIn = ({ params }: Violation): string =>
  String(params['missingProperty'] ?? params['additionalProperty'] ?? '');

/** Of a union every form is reported; the violations that lie deepest are of the form that fits best. */
const deepest = (violations: readonly Violation[]): readonly Violation[] => {
  const depth = (of: Violation): number => keysOf(of.instancePath).length + (keyIn(of) === '' ? 0 : 1);
  const own = violations.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'if');
  const most = Math.max(...own.map(depth));
  return own.filter((one) => depth(one) === most);
};

const problemOf = (value: unknown, violations: readonly Violation[]): readonly [string, string] => {
  const [first, ...others] = deepest(violations);
  if (first === undefined) return ['does not fit its schema', describe(value)];
  const keys = keysOf(first.instancePath);
  const found = describe(valueAt(value, keys));
  if (first.keyword === 'required') return [`${fieldOf(value, [...keys, keyIn(first)])} is missing`, found];
  if (first.keyword === 'additionalProperties')
    return [`${fieldOf(value, [...keys, keyIn(first)])} is not a known key`, found];
  const same = others.filter(({ instancePath }) => instancePath === first.instancePath);
  return [`${fieldOf(value, keys)} must be ${allowedBy([first, ...same])}`.trimStart(), found];
};

const check = (validator: Validator, value: unknown, at: string, parts: ResultsErrorParts = {}): void => {
  if (validator(value)) return;
  const [problem, found] = problemOf(value, validator.errors ?? []);
  throw new ResultsError(`${at}: ${problem}`, { facts: [`found: ${found}`], ...parts });
};

const checkVersion = (value: unknown, at: string, version: number): void => {
  const found =
    typeof value === 'object' && value !== null ? (value as { schema?: unknown }).schema : undefined;
  if (found === version) return;
  throw new ResultsError(`${at}: expected schema ${version}`, {
    facts: [`found: ${describe(found)}`],
    hint:
      typeof found === 'number' && found > version
        ? 'read it with the newer cfsbench that wrote it'
        : 'name a file that cfsbench wrote',
  });
};

/** `at` names the file, and the line where it has several. */
export const checkRun = (value: unknown, at: string): RunFile => {
  checkVersion(value, at, SCHEMA);
  check(validators.isRunFile, value, at);
  return value as RunFile;
};

export const checkSample = (value: unknown, at: string): Sample => {
  checkVersion(value, at, SCHEMA);
  check(validators.isSample, value, at);
  return value as Sample;
};

export const checkHistoryLine = (value: unknown, at: string): HistoryLine => {
  checkVersion(value, at, HISTORY_SCHEMA);
  check(validators.isHistoryLine, value, at);
  return value as HistoryLine;
};

export const checkGateConfig = (value: unknown, at: string): GateConfig => {
  check(validators.isGateConfig, value, at, {
    hint: 'such as {"delta": 0.05, "metrics": {"mountWallNs": {"delta": 0.1}}, "scenarios": {"churn": {"gate": false}}, "allowMissing": ["walk-cold"]}',
    code: 'bad-config',
  });
  return value as GateConfig;
};
