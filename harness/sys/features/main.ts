// Program that tries all features inside private namespaces and prints the results as JSON.
import { UserError } from '../../model/errors.ts';
import type { FeatureId, FeatureState } from '../../model/machine.ts';
import type { FeatureSetting } from './feature.ts';
import { FEATURE_IDS, features } from './registry.ts';

const KERNEL = 'kernel: ';

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const kernel = error instanceof UserError ? error.facts.find((fact) => fact.startsWith(KERNEL)) : undefined;
  return kernel === undefined ? error.message : `${error.message} (${kernel.slice(KERNEL.length)})`;
};

const tryFeature = (id: FeatureId, setting: FeatureSetting): FeatureState => {
  const { test, hint } = features[id];
  // Read only if this process does not end by itself.
  process.stderr.write(`trying ${id}\n`);
  try {
    return { ok: true, detail: test(setting), hint: '' };
  } catch (error) {
    return { ok: false, detail: reasonOf(error), hint: hint() };
  }
};

const setting = JSON.parse(process.argv[2] ?? '{}') as FeatureSetting;
process.stdout.write(
  JSON.stringify(Object.fromEntries(FEATURE_IDS.map((id) => [id, tryFeature(id, setting)]))),
);
