// Adds up samples: values by group, metric, arm and block.

import type { PlannedGroup } from '../schema/not-measured.ts';
import type { FailedSample, Ledger, OkSample, Sample, SkippedSample, Timeline } from '../schema/run.ts';
import type { Params } from '../schema/shared.ts';
import type { ByBlock } from '../stats/log-ratio.ts';
import { firstBlockOfSession } from '../stats/pooled-blocks.ts';
import { withUnsustained } from './ladder.ts';

/** Stable text of parameters, in the order of their names. */
export const paramsKey = (params: Params): string =>
  Object.keys(params)
    .sort()
    .map((key) => `${key}=${params[key]}`)
    .join(' ');

/** Metric, then arm, then block, to value. */
export type Table = ReadonlyMap<string, ReadonlyMap<string, ByBlock>>;

export interface GroupData {
  readonly group: PlannedGroup;
  readonly time: Table;
  readonly count: Table;
  /** Arm to the ledgers of its counting passes. */
  readonly ledgers: ReadonlyMap<string, readonly Ledger[]>;
  /** Latency, then arm, to the encoded histograms of its blocks. */
  readonly histograms: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** Arm to the timeline of its first slot that has one. */
  readonly timelines: ReadonlyMap<string, Timeline>;
  /** Arm to its backend. */
  readonly backends: ReadonlyMap<string, string>;
  /** Arm to every distinct path taken, as text. */
  readonly took: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Tallied {
  readonly groups: readonly GroupData[];
  readonly failures: readonly FailedSample[];
  readonly skips: readonly SkippedSample[];
  /** Note to the number of samples that carry it. */
  readonly notes: ReadonlyMap<string, number>;
  readonly sampleCount: number;
}

type TableBuilder = Map<string, Map<string, Map<number, number>>>;

interface GroupBuilder extends GroupData {
  readonly time: TableBuilder;
  readonly count: TableBuilder;
  readonly ledgers: Map<string, Ledger[]>;
  readonly histograms: Map<string, Map<string, string[]>>;
  readonly timelines: Map<string, Timeline>;
  readonly backends: Map<string, string>;
  readonly took: Map<string, Set<string>>;
}

export const at = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
};

const tookText = (took: Readonly<Record<string, string>>): string =>
  Object.keys(took)
    .sort()
    .map((key) => `${key}: ${took[key]}`)
    .join(', ');

const addOk = (group: GroupBuilder, sample: OkSample, block: number): void => {
  const { arm, backend, pass, values, ledger, timeline } = sample;
  group.backends.set(arm, backend);
  const table = pass === 'time' ? group.time : group.count;
  for (const [metric, value] of Object.entries(withUnsustained(values))) {
    const arms = at(table, metric, () => new Map<string, Map<number, number>>());
    at(arms, arm, () => new Map<number, number>()).set(block, value);
  }
  for (const [name, encoded] of Object.entries(sample.histograms ?? {}))
    at(
      at(group.histograms, name, () => new Map<string, string[]>()),
      arm,
      () => [],
    ).push(encoded);
  if (ledger !== undefined) at(group.ledgers, arm, () => []).push(ledger);
  if (timeline !== undefined && !group.timelines.has(arm)) group.timelines.set(arm, timeline);
  const took = tookText(sample.took);
  if (took !== '') at(group.took, arm, () => new Set()).add(took);
};

export interface Tally {
  add(sample: Sample): void;
  finish(): Tallied;
}

export const startTally = (): Tally => {
  const groups = new Map<string, GroupBuilder>();
  const failures: FailedSample[] = [];
  const skips: SkippedSample[] = [];
  const notes = new Map<string, number>();
  let sampleCount = 0;

  const groupOf = ({ scenario, params, image }: Sample): GroupBuilder =>
    at(groups, JSON.stringify([scenario, paramsKey(params), image]), () => ({
      group: { scenario, params, image },
      time: new Map(),
      count: new Map(),
      ledgers: new Map(),
      histograms: new Map(),
      timelines: new Map(),
      backends: new Map(),
      took: new Map(),
    }));

  return {
    add(sample) {
      sampleCount++;
      for (const note of sample.notes) notes.set(note, (notes.get(note) ?? 0) + 1);
      if (sample.outcome === 'failed') failures.push(sample);
      else if (sample.outcome === 'skipped') skips.push(sample);
      else addOk(groupOf(sample), sample, firstBlockOfSession(sample.session ?? 0) + sample.block);
    },
    finish: () => ({ groups: [...groups.values()], failures, skips, notes, sampleCount }),
  };
};
