// Thresholds of the gate, read from a small file.
import { DEFAULT_DELTA } from '../compare/verdict.ts';
import { parseJson } from '../json.ts';
import { own } from '../own.ts';
import { checkGateConfig } from '../schema/check.ts';
import type { GateConfig, GateRule } from '../schema/gate.ts';
import type { Catalogue } from '../schema/run.ts';

export type { GateConfig };

export const CONFIG_FILE = 'cfsbench.gate.json';

export const NO_CONFIG: GateConfig = {};

/** `at` names the file. */
export const parseConfig = (text: string, at: string): GateConfig =>
  checkGateConfig(parseJson(text, at, { code: 'bad-config' }), at);

/** One for each name that no run has: it may be misspelt, and then its rule holds for nothing. */
export const unknownNames = (config: GateConfig, catalogues: readonly Catalogue[]): readonly string[] => {
  const hasScenario = (name: string): boolean =>
    catalogues.some(({ scenarios }) => own(scenarios, name) !== undefined);
  const hasMetric = (name: string): boolean =>
    catalogues.some(
      ({ metrics, scenarios }) =>
        own(metrics, name) !== undefined ||
        Object.values(scenarios).some((scenario) => own(scenario.metrics ?? {}, name) !== undefined),
    );
  const unknown = (kind: string, rules: object, isKnown: (name: string) => boolean): readonly string[] =>
    Object.keys(rules)
      .filter((name) => !isKnown(name))
      .map((name) => `the thresholds name a ${kind} that the catalogue lacks: ${name}`);
  return [
    ...unknown('scenario', config.scenarios ?? {}, hasScenario),
    ...unknown('metric', config.metrics ?? {}, hasMetric),
  ];
};

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
