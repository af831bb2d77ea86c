// What run.json says of everything that can be measured, so that old runs render after a rename.
import type { Catalogue, Metric } from '../../results/schema/run.ts';
import type { Backend } from '../model/backend.ts';
import type { Probe, Scenario } from '../model/scenario.ts';
import { leakCountMetrics } from '../runner/leak-check.ts';

const PHASE_TITLES = {
  ingest: 'bring into the local store what is not there yet',
  create: 'make the image mountable here',
  mount: 'ready for the first open',
  use: 'what the scenario does inside',
  unmount: 'the calls return',
  settle: 'it is really gone: mount, loop device, server',
  destroy: 'remove all that create left',
  collect: 'remove what no remaining image references',
} as const;

export const catalogueOf = (
  backends: readonly Backend[],
  scenarios: readonly Scenario[],
  probes: readonly Probe[],
): Catalogue => {
  const metrics: Record<string, Metric> = { ...leakCountMetrics };
  for (const { metrics: own } of probes) Object.assign(metrics, own);
  return {
    metrics,
    scenarios: Object.fromEntries(
      scenarios.map(({ id, question, cache, reproduce, headline, metrics: own, ownSection = false }) => [
        id,
        { question, cache, reproduce, headline, metrics: own, ...(ownSection ? { ownSection } : {}) },
      ]),
    ),
    backends: Object.fromEntries(
      backends.map(({ id, title, how, idle, answers }) => [
        id,
        { title, how, idle, ...(answers === undefined ? {} : { answers }) },
      ]),
    ),
    phases: PHASE_TITLES,
  };
};
