// Compares the counts of two sides: no statistics, and no tolerance but for allocated bytes; counts with different fingerprints are not
// compared.
import { type Count, FEWEST_PASSES } from '../compare/counts.ts';
import { differences } from '../compare/fingerprint.ts';
import {
  type ArmRows,
  type CountSubject,
  countedKey,
  type ExactRow,
  placeKey,
  type RowPlace,
} from './exact-rows.ts';

export type ExactStatus =
  | 'equal'
  | 'better'
  | 'worse'
  /** Constant in the base, not in the head. */
  | 'varies'
  /** Not constant in the base, or varying in the head where the base has too few passes to show that it is constant. */
  | 'demoted'
  /** The fingerprints differ. */
  | 'incomparable'
  /** A count of requests, or of calls of a FUSE server, with too few passes. */
  | 'unjudged'
  | 'vanished'
  | 'new';

export interface ExactResult {
  readonly place: RowPlace;
  /** Null: all counts of this arm in this group. */
  readonly counted: CountSubject | null;
  readonly noise: 'exact' | 'quasi';
  /** Of timed passes; absent: of counting passes. */
  readonly timed?: true;
  readonly status: ExactStatus;
  readonly base: Count | null;
  readonly head: Count | null;
  /** Why the row could not be compared. Empty for a `new` row that a complete base lacks. */
  readonly because: readonly string[];
}

/** Stray requests appear in about 1 of 25 passes; the minimum of five passes excludes them. */
const QUASI_PASSES = 5;

/**
 * Allocated bytes of equal trees differ between two file systems of one kind: how the names of a large directory of ext4 are divided into
 * blocks depends on the hash seed. Measured on five: 0.9 % for a tree of 36,000 empty files, a block or two for a directory of some hundred.
 */
const ALLOCATED_SHARE = 0.01;
/** Four blocks; of totals only. */
const ALLOCATED_BYTES = 4 * 4096;
const TOTAL = /^(?!.*Per[A-Z]).*Bytes$/;

/** The difference is none of the trees, but of two file systems. */
export const isAsAllocated = (base: number, head: number, counted: CountSubject): boolean => {
  if (counted.kind !== 'metric' || counted.allocated !== true) return false;
  const most = Math.max(ALLOCATED_SHARE * base, TOTAL.test(counted.metric) ? ALLOCATED_BYTES : 0);
  return Math.abs(head - base) <= most;
};

const byValue = (base: number, head: number, counted: CountSubject): ExactStatus => {
  if (base === head || isAsAllocated(base, head, counted)) return 'equal';
  const better = counted.kind === 'metric' && counted.better === 'higher' ? head > base : head < base;
  return better ? 'better' : 'worse';
};

const judgeQuasi = (base: Count, head: Count, counted: CountSubject): ExactStatus =>
  Math.min(base.passes, head.passes) < QUASI_PASSES ? 'unjudged' : byValue(base.least, head.least, counted);

const judgeExact = (base: Count, head: Count, counted: CountSubject): ExactStatus => {
  if (base.least !== base.most) return 'demoted';
  if (head.least !== head.most) return base.passes < FEWEST_PASSES ? 'demoted' : 'varies';
  return byValue(base.least, head.least, counted);
};

/** The count of a call without a row: a ledger is complete, so it was not made. Null: no pass has a ledger. */
const unseenCalls = ({ ledgers }: ArmRows): Count | null =>
  ledgers === 0 ? null : { least: 0, most: 0, passes: ledgers };

const compareRow = (base: ExactRow | undefined, head: ExactRow | undefined, sides: ArmPair): ExactResult => {
  const known = (base ?? head)!;
  const { noise } = known;
  // Older runs do not know which bytes are allocated.
  const isAllocated = head?.counted.kind === 'metric' && head.counted.allocated === true;
  const counted = isAllocated ? head.counted : known.counted;
  const result = (status: ExactStatus, parts: Partial<ExactResult> = {}): ExactResult => ({
    place: sides.head.place,
    counted,
    noise,
    ...(known.pass === 'time' ? { timed: true } : {}),
    status,
    base: base?.count ?? null,
    head: head?.count ?? null,
    because: [],
    ...parts,
  });
  // A missing metric was not measured.
  if (counted.kind === 'metric' && (base === undefined || head === undefined))
    return result(head === undefined ? 'vanished' : 'new');
  // Before the fingerprints: they differ, too, where the head could not count.
  if (counted.kind === 'call' && sides.head.ledgers === 0)
    return result('vanished', { because: ['no counting pass of the head has a ledger'] });
  const [actor, call] = counted.kind === 'call' ? [counted.actor, counted.call] : [null, null];
  const unlike = differences(
    base?.fingerprint ?? sides.base.fingerprintFor(actor, call),
    head?.fingerprint ?? sides.head.fingerprintFor(actor, call),
  );
  if (unlike.length > 0) return result('incomparable', { because: unlike });
  const counts = {
    base: base?.count ?? unseenCalls(sides.base),
    head: head?.count ?? unseenCalls(sides.head)!,
  };
  if (counts.base === null) return result('new');
  const judged = noise === 'quasi' ? judgeQuasi : judgeExact;
  return result(judged(counts.base, counts.head, counted), counts);
};

interface ArmPair {
  readonly base: ArmRows;
  readonly head: ArmRows;
}

const compareArm = (sides: ArmPair): ExactResult[] => {
  const heads = new Map(sides.head.rows.map((row) => [countedKey(row.counted), row]));
  const bases = new Map(sides.base.rows.map((row) => [countedKey(row.counted), row]));
  return [...new Set([...bases.keys(), ...heads.keys()])].map((key) =>
    compareRow(bases.get(key), heads.get(key), sides),
  );
};

const whole = (side: ArmRows, status: 'vanished' | 'new', because: readonly string[]): ExactResult => ({
  place: side.place,
  counted: null,
  noise: 'exact',
  status,
  base: null,
  head: null,
  because,
});

/** `whyAbsent` gives the reasons recorded in the head for a place without counts. */
export const compareExact = (
  base: readonly ArmRows[],
  head: readonly ArmRows[],
  whyAbsent: (place: RowPlace) => readonly string[],
): readonly ExactResult[] => {
  const heads = new Map(head.map((side) => [placeKey(side.place), side]));
  const bases = new Set(base.map(({ place }) => placeKey(place)));
  return [
    ...base.flatMap((side) => {
      const other = heads.get(placeKey(side.place));
      return other === undefined
        ? [whole(side, 'vanished', whyAbsent(side.place))]
        : compareArm({ base: side, head: other });
    }),
    ...head.filter(({ place }) => !bases.has(placeKey(place))).map((side) => whole(side, 'new', [])),
  ];
};
