// A program of its own: tries every feature inside the namespaces that were made for it and prints what it found as JSON.
import { UserError } from '../model/errors.ts';
import type { FeatureId, FeatureState } from '../model/machine.ts';
import { hintFor } from './feature-hints.ts';
import { FEATURE_IDS, type ProbeSetting, TRIES } from './feature-probes.ts';

const reasonOf = (error: unknown): string => {
  if (error instanceof UserError) {
    const said = error.facts.find((fact) => fact.startsWith('kernel: '));
    return said === undefined ? error.message : `${error.message} (${said.slice('kernel: '.length)})`;
  }
  return error instanceof Error ? error.message : String(error);
};

const attempt = (id: FeatureId, setting: ProbeSetting): FeatureState => {
  try {
    return { ok: true, detail: TRIES[id](setting), hint: '' };
  } catch (error) {
    return { ok: false, detail: reasonOf(error), hint: hintFor(id) };
  }
};

const setting = JSON.parse(process.argv[2] ?? '{}') as ProbeSetting;
process.stdout.write(JSON.stringify(Object.fromEntries(FEATURE_IDS.map((id) => [id, attempt(id, setting)]))));
