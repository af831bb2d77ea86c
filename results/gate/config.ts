// Thresholds of the gate, read from a small file.
import { DEFAULT_DELTA } from '../compare/verdict.ts';
import { parseJson } from '../json.ts';
import { own } from '../own.ts';
import { checkGateConfig } from '../schema/check.ts';
import type { GateConfig, GateRule } from '../schema/gate.ts';

export type { GateConfig };

export const CONFIG_FILE = 'cfsbench.gate.json';

export const NO_CONFIG: GateConfig = {};

/** `at` names the file. */
export const parseConfig = (text: string, at: string): GateConfig =>
  checkGateConfig(parseJson(text, at, { code: 'bad-config' }), at);

/** Each rule overrides the one before it. */
const rulesFor = (config: GateConfig, scenario: string, metric: string): readonly GateRule[] => [
  config,
  own(config.scenarios ?? {}, scenario) ?? {},
  own(config.metrics ?? {}, metric) ?? {},
];

interface Threshold {
  readonly delta: number;
  readonly gate: boolean;
}

export const thresholdOf = (config: GateConfig, scenario: string, metric: string): Threshold => {
  const rules = rulesFor(config, scenario, metric);
  return {
    delta: rules.reduce((delta, rule) => rule.delta ?? delta, DEFAULT_DELTA),
    gate: rules.reduce((gate, rule) => rule.gate ?? gate, true),
  };
};
