// Thresholds of the gate, from a small file: one for all, by scenario, by metric; the last that applies counts.

import { DEFAULT_DELTA } from '../compare/verdict.ts';
import { ResultsError } from '../errors.ts';

export const CONFIG_FILE = 'cfsbench.gate.json';

interface Rule {
  readonly delta?: number;
  /** False: shown, never red. */
  readonly gate?: boolean;
}

export interface GateConfig extends Rule {
  readonly scenarios?: Readonly<Record<string, Rule>>;
  readonly metrics?: Readonly<Record<string, Rule>>;
  readonly allowMissing?: readonly string[];
}

export const NO_CONFIG: GateConfig = {};

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refuse = (at: string, expected: string): never => {
  throw new ResultsError(`${at}: expected ${expected}`, {
    hint: 'such as {"delta": 0.05, "metrics": {"mountWallNs": {"delta": 0.1}}, "scenarios": {"churn": {"gate": false}}, "allowMissing": ["walk-cold"]}',
    code: 'bad-config',
  });
};

const checkKeys = (value: Json, known: readonly string[], at: string): void => {
  for (const key of Object.keys(value))
    if (!known.includes(key)) refuse(`${at}: ${key}`, `one of the keys ${known.join(', ')}`);
};

const checkRule = (value: unknown, at: string, more: readonly string[] = []): void => {
  if (!isObject(value)) {
    refuse(at, 'an object');
    return;
  }
  checkKeys(value, ['delta', 'gate', ...more], at);
  const { delta, gate } = value;
  if (delta !== undefined && (typeof delta !== 'number' || !(delta > 0 && delta < 1)))
    refuse(`${at}: delta`, 'a share between 0 and 1, such as 0.05');
  if (gate !== undefined && typeof gate !== 'boolean') refuse(`${at}: gate`, 'true or false');
};

/** `at` names the file. */
export const parseConfig = (text: string, at: string): GateConfig => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ResultsError(`${at}: not JSON`, { facts: [(error as Error).message], code: 'bad-config' });
  }
  checkRule(value, at, ['scenarios', 'metrics', 'allowMissing']);
  const config = value as Json;
  for (const part of ['scenarios', 'metrics']) {
    const rules = config[part];
    if (rules === undefined) continue;
    if (!isObject(rules)) refuse(`${at}: ${part}`, 'an object');
    for (const [name, rule] of Object.entries(rules as Json)) checkRule(rule, `${at}: ${part}.${name}`);
  }
  const { allowMissing } = config;
  if (
    allowMissing !== undefined &&
    !(Array.isArray(allowMissing) && allowMissing.every((name) => typeof name === 'string'))
  )
    refuse(`${at}: allowMissing`, 'a list of names');
  return config as GateConfig;
};

const ruleOf = (rules: GateConfig['metrics'], name: string): Rule =>
  rules !== undefined && Object.hasOwn(rules, name) ? rules[name]! : {};

export interface Threshold {
  readonly delta: number;
  readonly gate: boolean;
}

export const thresholdOf = (config: GateConfig, scenario: string, metric: string): Threshold => {
  const rules = [config, ruleOf(config.scenarios, scenario), ruleOf(config.metrics, metric)];
  return {
    delta: rules.reduce((delta, rule) => rule.delta ?? delta, DEFAULT_DELTA),
    gate: rules.every((rule) => rule.gate !== false),
  };
};
