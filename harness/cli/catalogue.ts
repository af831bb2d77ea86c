// Titles of metrics, scenarios, backends and phases for run.json: a run renders the same after a rename in the source.
import type { Catalogue, Metric } from '../../results/schema/run.ts';
import type { Backend } from '../model/backend.ts';
import type { Probe, Scenario } from '../model/scenario.ts';
import { leakCountMetrics } from '../runner/leak-check.ts';

const PHASE_TITLES = {
  ingest: 'add missing objects to the local store',
  create: 'make the image mountable',
  mount: 'ready for the first open',
  use: 'the work of the scenario inside the mount',
  unmount: 'the calls return',
  settle: 'the kernel has released mount, loop device and server',
  destroy: 'remove everything that create made',
  collect: 'remove objects that no remaining image refers to',
} as const;

export const catalogueOf = (
  backends: readonly Backend[],
  scenarios: readonly Scenario[],
  probes: readonly Probe[],
): Catalogue => {
  const metrics: Record<string, Metric> = { ...leakCountMetrics };
  for (const probe of probes) Object.assign(metrics, probe.metrics);
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
