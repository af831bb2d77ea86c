// Adds up the tallies of the runs of a pool, one run at a time: the tally of a run can be freed afterwards.
//
// Cost:    16 bytes for each value of a timing pass; equal ledgers are kept once.
import { at, type GroupData, paramsKey, type Tallied } from '../compare/tally.ts';
import { ResultsError } from '../errors.ts';
import type { FailedSample, SkippedSample, Timeline } from '../schema/run.ts';
import type { ByBlock } from '../stats/log-ratio.ts';
import { firstBlockOf, firstBlockOfSession, MOST_SESSIONS, PooledBlocks } from '../stats/pooled-blocks.ts';
import { LedgerPool } from './ledger-pool.ts';

type PooledTable = Map<string, Map<string, PooledBlocks>>;

interface PooledGroup {
  readonly group: GroupData['group'];
  readonly time: PooledTable;
  readonly count: PooledTable;
  readonly ledgers: Map<string, LedgerPool>;
  readonly histograms: Map<string, Map<string, string[]>>;
  readonly timelines: Map<string, Timeline>;
  readonly backends: Map<string, string>;
  readonly took: Map<string, Set<string>>;
}

const emptyGroup = (group: GroupData['group']): PooledGroup => ({
  group,
  time: new Map(),
  count: new Map(),
  ledgers: new Map(),
  histograms: new Map(),
  timelines: new Map(),
  backends: new Map(),
  took: new Map(),
});

/** Numbers both from 1; runs within their machine. */
interface PlaceInPool {
  readonly machine: number;
  readonly run: number;
}

const renumbered = (blocks: ByBlock, first: number): ByBlock => {
  const moved = new Map<number, number>();
  blocks.forEach((value, block) => {
    if (block >= firstBlockOfSession(MOST_SESSIONS))
      throw new ResultsError(`a run of a pool was resumed ${MOST_SESSIONS} times or more`, {
        hint: 'leave it out',
      });
    moved.set(first + block, value);
  });
  return moved;
};

const addTable = (into: PooledTable, table: GroupData['time'], first: number): void => {
  for (const [metric, arms] of table)
    for (const [arm, blocks] of arms)
      at(
        at(into, metric, () => new Map<string, PooledBlocks>()),
        arm,
        () => new PooledBlocks(),
      ).append(renumbered(blocks, first));
};

const addGroup = (into: PooledGroup, data: GroupData, first: number): void => {
  addTable(into.time, data.time, first);
  addTable(into.count, data.count, first);
  for (const [arm, ledgers] of data.ledgers)
    for (const ledger of ledgers) at(into.ledgers, arm, () => new LedgerPool()).add(ledger);
  for (const [name, arms] of data.histograms)
    for (const [arm, encoded] of arms)
      at(
        at(into.histograms, name, () => new Map<string, string[]>()),
        arm,
        () => [],
      ).push(...encoded);
  for (const [arm, timeline] of data.timelines)
    if (!into.timelines.has(arm)) into.timelines.set(arm, timeline);
  for (const [arm, backend] of data.backends) into.backends.set(arm, backend);
  for (const [arm, paths] of data.took)
    for (const path of paths) at(into.took, arm, () => new Set<string>()).add(path);
};

const trimmed = (table: PooledTable): PooledTable => {
  for (const arms of table.values()) for (const blocks of arms.values()) blocks.trim();
  return table;
};

const finished = ({ time, count, ledgers, ...rest }: PooledGroup): GroupData => ({
  ...rest,
  time: trimmed(time),
  count: trimmed(count),
  ledgers: new Map([...ledgers].map(([arm, pool]) => [arm, pool.all])),
});

export interface PoolTally {
  /** Runs are added machine by machine, in the order of their numbers. */
  add(tallied: Tallied, place: PlaceInPool): void;
  finish(): Tallied;
}

export const startPool = (): PoolTally => {
  const groups = new Map<string, PooledGroup>();
  const failures: FailedSample[] = [];
  const skips: SkippedSample[] = [];
  const notes = new Map<string, number>();
  let sampleCount = 0;
  return {
    add(tallied, { machine, run }) {
      for (const data of tallied.groups) {
        const { scenario, params, image } = data.group;
        const key = JSON.stringify([scenario, paramsKey(params), image]);
        addGroup(
          at(groups, key, () => emptyGroup(data.group)),
          data,
          firstBlockOf(run, machine),
        );
      }
      for (const failure of tallied.failures) failures.push(failure);
      for (const skip of tallied.skips) skips.push(skip);
      for (const [note, count] of tallied.notes) notes.set(note, (notes.get(note) ?? 0) + count);
      sampleCount += tallied.sampleCount;
    },
    finish: () => ({
      groups: [...groups.values()].map(finished),
      failures,
      skips,
      notes,
      sampleCount,
    }),
  };
};
