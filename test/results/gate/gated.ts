// The example run as a base, and what the gate says of another run beside it.
import { type Comparison, compareRuns } from '../../../results/gate/compare.ts';
import type { ExactStatus } from '../../../results/gate/exact.ts';
import { type Gate, gateOf } from '../../../results/gate/gate.ts';
import { example, type Given, loaded } from './support.ts';

export const base = example({ images: ['debian-12-static'] });
export const arm = 'unpacked-overlay';
export const where = { arm, phase: 'create', actor: 'tar', call: 'openat' } as const;

export const compared = (head: Given, to: Given = base): Comparison => compareRuns(loaded(to), loaded(head));

export const gated = (
  head: Given,
  options: { strict?: boolean; allowMissing?: string[] } = {},
  to: Given = base,
): Gate => gateOf(compared(head, to), loaded(head), { strict: false, allowMissing: [], ...options });

export const statuses = (comparison: Comparison): ReadonlySet<ExactStatus> =>
  new Set(comparison.exact.map(({ status }) => status));

export const withEnvironment = (given: Given, environment: Partial<Given['run']['environment']>): Given => ({
  ...given,
  run: { ...given.run, environment: { ...given.run.environment, ...environment } },
});
