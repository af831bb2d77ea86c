// A run reduced to the parts that a pool of many needs; parts equal to those of other runs are kept once.
import type { RunFile } from '../schema/run.ts';

/** Keeps one of equal values. */
type Intern = <T>(value: T) => T;

const openIntern = (): Intern => {
  const known = new Map<string, unknown>();
  return <T>(value: T): T => {
    const text = JSON.stringify(value);
    if (!known.has(text)) known.set(text, value);
    return known.get(text) as T;
  };
};

/** One for all runs of a pool. */
export const openRunReducer = (): ((run: RunFile) => RunFile) => {
  const intern = openIntern();
  return (run) => ({
    ...run,
    catalogue: intern(run.catalogue),
    environment: {
      ...run.environment,
      features: intern(run.environment.features),
      mitigations: intern(run.environment.mitigations),
      tools: intern(run.environment.tools),
    },
    images: intern(run.images),
    proofs: intern(run.proofs),
    skipped: intern(run.skipped),
    ...(run.fairness === undefined ? {} : { fairness: intern(run.fairness) }),
    plan: { ...run.plan, slots: [] },
  });
};
