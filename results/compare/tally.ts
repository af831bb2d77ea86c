// Samples on their way into rows: values by (scenario, parameters, image, metric), arm and block, kept as numbers so that a
// journal of a million lines fits in memory.
import type { Ledger, Params, Pass, Sample } from '../schema/run.ts';
import type { ByBlock } from '../stats/log-ratio.ts';
import { BlockRows, Column } from './columns.ts';

/** Stable text of parameters, in the order of their names. */
export const paramsKey = (params: Params): string =>
  Object.keys(params)
    .sort()
    .map((key) => `${key}=${params[key]}`)
    .join(' ');

/** What was asked of which image: the rows of one table share it. */
export interface Group {
  readonly scenario: string;
  readonly params: Params;
  readonly image: string;
}

/** Metric, then arm, then block, to value. */
export type Table = ReadonlyMap<string, ReadonlyMap<string, ByBlock>>;

export interface ArmLedgers {
  readonly arm: string;
  readonly ledgers: readonly Ledger[];
}

export interface GroupData {
  readonly group: Group;
  readonly time: Table;
  readonly count: Table;
  /** Arm to the ledgers of its counting passes. */
  readonly ledgers: ReadonlyMap<string, readonly Ledger[]>;
  /** Arm to every distinct path taken, as text. */
  readonly took: ReadonlyMap<string, ReadonlySet<string>>;
}

export type Unhappy = Exclude<Sample, { readonly outcome: 'ok' }>;

export interface Tallied {
  readonly groups: readonly GroupData[];
  readonly failures: readonly Extract<Sample, { readonly outcome: 'failed' }>[];
  readonly skips: readonly Extract<Sample, { readonly outcome: 'skipped' }>[];
  /** Note to the number of samples that carry it. */
  readonly notes: ReadonlyMap<string, number>;
  readonly sampleCount: number;
}

/** Blocks of different processes never meet: a block that was cut off and gone on with later gives no pair. */
const BLOCKS_PER_SESSION = 2 ** 20;

const blockOf = (sample: Sample): number => (sample.session ?? 0) * BLOCKS_PER_SESSION + sample.block;

type Building = Map<string, Map<string, Column>>;

interface Open {
  readonly group: Group;
  readonly time: Building;
  readonly count: Building;
  /** Pass and arm to the blocks that its metrics share. */
  readonly rows: Readonly<Record<Pass, Map<string, BlockRows>>>;
  readonly ledgers: Map<string, Ledger[]>;
  readonly took: Map<string, Set<string>>;
}

const at = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
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

export interface Tally {
  add(sample: Sample): void;
  finish(): Tallied;
}

export const startTally = (): Tally => {
  const groups = new Map<string, Open>();
  const failures: Extract<Sample, { readonly outcome: 'failed' }>[] = [];
  const skips: Extract<Sample, { readonly outcome: 'skipped' }>[] = [];
  const notes = new Map<string, number>();
  let sampleCount = 0;

  const groupOf = ({ scenario, params, image }: Sample): Open =>
    at(groups, JSON.stringify([scenario, paramsKey(params), image]), () => ({
      group: { scenario, params, image },
      time: new Map(),
      count: new Map(),
      rows: { time: new Map(), count: new Map() },
      ledgers: new Map(),
      took: new Map(),
    }));

  const addOk = (sample: Extract<Sample, { readonly outcome: 'ok' }>): void => {
    const open = groupOf(sample);
    const table = sample.pass === 'time' ? open.time : open.count;
    const rows = at(open.rows[sample.pass], sample.arm, () => new BlockRows());
    const row = rows.rowOf(blockOf(sample));
    for (const metric of Object.keys(sample.values)) {
      const arms = at(table, metric, () => new Map<string, Column>());
      at(arms, sample.arm, () => new Column(rows)).set(row, sample.values[metric]!);
    }
    if (sample.ledger !== undefined) at(open.ledgers, sample.arm, () => []).push(sample.ledger);
    const took = tookText(sample.took);
    if (took !== '') at(open.took, sample.arm, () => new Set()).add(took);
  };

  return {
    add(sample) {
      sampleCount++;
      for (const note of sample.notes) notes.set(note, (notes.get(note) ?? 0) + 1);
      if (sample.outcome === 'ok') addOk(sample);
      else if (sample.outcome === 'failed') failures.push(sample);
      else skips.push(sample);
    },
    finish: () => ({ groups: [...groups.values()], failures, skips, notes, sampleCount }),
  };
};
