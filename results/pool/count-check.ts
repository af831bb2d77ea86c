// Counts of several machines: equal for equal fingerprints, or listed with the machines that have each value and the items in which
// these machines differ.
//
// Cost:    one entry for each count and fingerprint, whatever the number of runs.
import { type Fingerprint, fingerprintText } from '../compare/fingerprint.ts';
import { at } from '../compare/tally.ts';
import { isAsAllocated } from '../gate/exact.ts';
import {
  type ArmRows,
  type CountSubject,
  countedKey,
  type ExactRow,
  placeKey,
  type RowPlace,
} from '../gate/exact-rows.ts';
import { factOf, itemsOf, type MachineRuns } from './machines.ts';
import type { UnequalCounts } from './pooled.ts';

/** Stray requests appear in about 1 of 25 passes; the minimum of five passes excludes them. */
const QUASI_PASSES = 5;
const MOST_EXAMPLES = 5;
const MOST_FACTORS = 8;

interface CountedValues {
  readonly place: RowPlace;
  readonly counted: CountSubject;
  readonly fingerprint: Fingerprint;
  /** Machine to its values. */
  readonly values: Map<number, Set<number>>;
}

/** A run's ledgers of one place; runs of one machine that took one path are alike. */
interface Seen {
  readonly machine: number;
  readonly fingerprintFor: ArmRows['fingerprintFor'];
}

interface CountedPlace {
  readonly seen: Map<string, Seen>;
  /** Calls that any run made here, by key. */
  readonly calls: Map<string, Extract<CountSubject, { readonly kind: 'call' }>>;
}

/** Null where the count is not constant, or has too few passes. */
const constantOf = ({ noise, count }: ExactRow): number | null => {
  if (noise === 'quasi') return count.passes < QUASI_PASSES ? null : count.least;
  return count.least === count.most ? count.least : null;
};

export interface CountCheck {
  /** The counts of one run. `machine`: an index. */
  add(rows: readonly ArmRows[], machine: number): void;
  finish(machines: readonly MachineRuns[]): {
    readonly compared: number;
    /** Indexes of machines that share no count with another one. */
    readonly uncompared: readonly number[];
    readonly unequal: readonly UnequalCounts[];
  };
}

const subjectText = (counted: CountSubject): string =>
  counted.kind === 'metric' ? counted.metric : `${counted.phase} ${counted.actor} ${counted.call}`;

const placeText = ({ scenario, params, image, arm }: RowPlace): string =>
  [scenario, params, image, arm].filter((part) => part !== '').join(' ');

/** Machines that vary between their own runs are left out. */
const valuesOf = ({ values }: CountedValues): ReadonlyMap<number, readonly number[]> => {
  const machines = new Map<number, number[]>();
  for (const [machine, own] of values) if (own.size === 1) at(machines, [...own][0]!, () => []).push(machine);
  return machines;
};

/** Machines differ, or each that counted has the same value in all its runs. */
const isCompared = (counted: CountedValues): boolean => {
  const groups = valuesOf(counted);
  const constant = [...groups.values()].flat().length;
  return groups.size > 1 || (constant > 1 && constant === counted.values.size);
};

/** Items whose values on one side are none of those on the other side. */
const factorsOf = (
  machines: readonly MachineRuns[],
  most: readonly number[],
  others: readonly number[],
): readonly string[] =>
  itemsOf(machines)
    .flatMap((item) => {
      const [left, right] = [most, others].map(
        (side) => new Set(side.map((index) => factOf(machines[index]!, item))),
      );
      if ([...left!].some((value) => right!.has(value))) return [];
      return [`${item}: ${[...left!].sort().join(', ')} and ${[...right!].sort().join(', ')}`];
    })
    .slice(0, MOST_FACTORS);

interface CountSplit {
  readonly most: readonly number[];
  readonly others: readonly number[];
  readonly texts: string[];
}

const unequalOf = (
  all: Iterable<CountedValues>,
  machines: readonly MachineRuns[],
): readonly UnequalCounts[] => {
  const splits = new Map<string, CountSplit>();
  for (const counted of all) {
    const [first, ...rest] = [...valuesOf(counted)].sort((a, b) => b[1].length - a[1].length || a[0] - b[0]);
    if (first === undefined || rest.length === 0) continue;
    const found = [first, ...rest].map(([value]) => value);
    if (isAsAllocated(Math.min(...found), Math.max(...found), counted.counted)) continue;
    const others = rest.flatMap(([, own]) => own).sort((a, b) => a - b);
    const key = JSON.stringify([first[1], others]);
    at(splits, key, () => ({ most: first[1], others, texts: [] })).texts.push(
      `${placeText(counted.place)}: ${subjectText(counted.counted)} ${first[0]} and ${rest.map(([value]) => value).join(', ')}`,
    );
  }
  return [...splits.values()]
    .sort((a, b) => b.texts.length - a.texts.length)
    .map(({ most, others, texts }) => ({
      examples: texts.slice(0, MOST_EXAMPLES),
      count: texts.length,
      most,
      others,
      factors: factorsOf(machines, most, others),
    }));
};

export const startCountCheck = (): CountCheck => {
  const places = new Map<string, CountedPlace>();
  const all = new Map<string, CountedValues>();

  const note = (
    place: RowPlace,
    counted: CountSubject,
    fingerprint: Fingerprint,
    machine: number,
    value: number,
  ): void => {
    const key = `${placeKey(place)} ${countedKey(counted)} ${fingerprintText(fingerprint)}`;
    const entry = at(all, key, () => ({ place, counted, fingerprint, values: new Map() }));
    at(entry.values, machine, () => new Set<number>()).add(value);
  };

  /** A ledger is complete: a call that it lacks was not made. */
  const noteCalls = (
    known: CountedPlace,
    { place, rows, fingerprintFor, ledgers }: ArmRows,
    machine: number,
  ): void => {
    if (ledgers === 0) return;
    const own = new Set(rows.map(({ counted }) => countedKey(counted)));
    for (const { counted } of rows) {
      const key = countedKey(counted);
      if (counted.kind !== 'call' || known.calls.has(key)) continue;
      known.calls.set(key, counted);
      for (const earlier of known.seen.values())
        note(place, counted, earlier.fingerprintFor(counted.actor, counted.call), earlier.machine, 0);
    }
    for (const [key, counted] of known.calls)
      if (!own.has(key)) note(place, counted, fingerprintFor(counted.actor, counted.call), machine, 0);
  };

  return {
    add(sides, machine) {
      for (const side of sides) {
        const { place, rows, fingerprintFor, passes } = side;
        if (passes === 0) continue;
        const known = at(
          places,
          placeKey(place),
          (): CountedPlace => ({ seen: new Map(), calls: new Map() }),
        );
        noteCalls(known, side, machine);
        for (const row of rows) {
          const value = constantOf(row);
          if (value !== null) note(place, row.counted, row.fingerprint, machine, value);
        }
        const kind = `${machine} ${fingerprintText(fingerprintFor(null, null))}`;
        if (side.ledgers > 0 && !known.seen.has(kind)) known.seen.set(kind, { machine, fingerprintFor });
      }
    },
    finish(machines) {
      const compared = [...all.values()].filter(isCompared);
      const seen = new Set(compared.flatMap((counted) => [...valuesOf(counted).values()].flat()));
      return {
        compared: compared.length,
        uncompared: [...machines.keys()].filter((machine) => !seen.has(machine)),
        unequal: unequalOf(all.values(), machines),
      };
    },
  };
};
