// The groups of a run whose counts were not seen before on its machine under its conditions: most runs of a pool have equal counts, which
// are checked once.
import { createHash } from 'node:crypto';
import { knownMetric } from '../compare/metric-info.ts';
import { RUNTIME } from '../compare/phase-of.ts';
import { type GroupData, paramsKey, type Tallied } from '../compare/tally.ts';
import type { Catalogue, RunFile } from '../schema/run.ts';

const withoutRuntime = (key: string, value: unknown): unknown => (key === RUNTIME ? undefined : value);

const countsOf = ({ group, ledgers, count, took }: GroupData, catalogue: Catalogue): string =>
  JSON.stringify(
    [
      [group.scenario, paramsKey(group.params), group.image],
      [...ledgers],
      [...count]
        .filter(([metric]) => (knownMetric(catalogue, group.scenario, metric)?.noise ?? 'noisy') !== 'noisy')
        .map(([metric, arms]) => [metric, [...arms].map(([arm, values]) => [arm, [...values.values()]])]),
      [...took].map(([arm, paths]) => [arm, [...paths].sort()]),
    ],
    withoutRuntime,
  );

/** All that fingerprints take from the environment of a run. */
const conditionsOf = ({ environment, ledgerSource }: RunFile): string => {
  const { architecture, privilege, tools, workFileSystem, slotPathBytes, slotPathNames } = environment;
  return JSON.stringify([
    ...[architecture, privilege, ledgerSource, workFileSystem.type, slotPathBytes, slotPathNames],
    Object.entries(tools).sort(),
  ]);
};

/** Remembers the groups of earlier calls. `machine`: an index. */
export const openSeenGroups = () => {
  const seen = new Set<string>();
  return (tallied: Tallied, run: RunFile, machine: number): readonly GroupData[] => {
    const conditions = conditionsOf(run);
    return tallied.groups.filter((data) => {
      const hash = createHash('sha256').update(conditions).update(countsOf(data, run.catalogue));
      const key = `${machine} ${hash.digest('base64')}`;
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    });
  };
};
