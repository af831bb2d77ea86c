// Samples on their way into rows: values by (scenario, parameters, image, metric), arm and block, kept as numbers so that a
// journal of a million lines fits in memory.
import type { OkSample, Places } from '../patterns/symbols.ts';
import type { Ledger, Params, Pass, Sample } from '../schema/run.ts';
import type { ByBlock } from '../stats/log-ratio.ts';
import { firstBlockOf } from '../stats/over-runs.ts';
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
  /** What is added from now on is of this run, from 1; without a run the tally is of a run alone. */
  beginRun(run: number): void;
  add(sample: Sample): void;
  /** Of a sample that was added: adds others that differ in their numbers alone, which stand in these places. */
  like(sample: OkSample, places: Places): (numbers: Float64Array) => void;
  finish(): Tallied;
}

export const startTally = (): Tally => {
  const groups = new Map<string, Open>();
  const failures: Extract<Sample, { readonly outcome: 'failed' }>[] = [];
  const skips: Extract<Sample, { readonly outcome: 'skipped' }>[] = [];
  const notes = new Map<string, number>();
  let sampleCount = 0;
  let firstBlock = 0;

  const blockOf = (session: number, block: number): number =>
    firstBlock + session * BLOCKS_PER_SESSION + block;

  const groupOf = ({ scenario, params, image }: Sample): Open =>
    at(groups, JSON.stringify([scenario, paramsKey(params), image]), () => ({
      group: { scenario, params, image },
      time: new Map(),
      count: new Map(),
      rows: { time: new Map(), count: new Map() },
      ledgers: new Map(),
      took: new Map(),
    }));

  const columnsOf = (sample: OkSample, open: Open, rows: BlockRows): readonly Column[] => {
    const table = sample.pass === 'time' ? open.time : open.count;
    return Object.keys(sample.values).map((metric) => {
      const arms = at(table, metric, () => new Map<string, Column>());
      return at(arms, sample.arm, () => new Column(rows));
    });
  };

  /** All that samples which differ in their numbers alone have in common is looked up once. */
  const adderOf = (sample: OkSample): ((block: number, values: ArrayLike<number>, from: number) => void) => {
    const open = groupOf(sample);
    const rows = at(open.rows[sample.pass], sample.arm, () => new BlockRows());
    const columns = columnsOf(sample, open, rows);
    const { ledger, notes: ownNotes } = sample;
    const ledgers = ledger === undefined ? null : at(open.ledgers, sample.arm, () => []);
    const took = tookText(sample.took);
    if (took !== '') at(open.took, sample.arm, () => new Set()).add(took);
    return (block, values, from) => {
      sampleCount++;
      for (const note of ownNotes) notes.set(note, (notes.get(note) ?? 0) + 1);
      const row = rows.rowOf(block);
      for (let i = 0; i < columns.length; i++) columns[i]!.set(row, values[from + i]!);
      if (ledger !== undefined) ledgers!.push(ledger);
    };
  };

  return {
    beginRun(run) {
      firstBlock = firstBlockOf(run);
    },
    add(sample) {
      if (sample.outcome === 'ok') {
        adderOf(sample)(blockOf(sample.session ?? 0, sample.block), Object.values(sample.values), 0);
        return;
      }
      sampleCount++;
      for (const note of sample.notes) notes.set(note, (notes.get(note) ?? 0) + 1);
      if (sample.outcome === 'failed') failures.push(sample);
      else skips.push(sample);
    },
    like(sample, { block, session, values }) {
      const add = adderOf(sample);
      return (numbers) =>
        add(blockOf(session === null ? 0 : numbers[session]!, numbers[block]!), numbers, values);
    },
    finish: () => ({ groups: [...groups.values()], failures, skips, notes, sampleCount }),
  };
};
