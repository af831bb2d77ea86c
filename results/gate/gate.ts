// The exit code of a comparison, and the rows that are its reason.
import { unreachable } from '../errors.ts';
import { parsePattern } from './allow.ts';
import type { Comparison } from './compare.ts';
import type { ExactResult } from './exact.ts';
import type { LatencyResult } from './latencies.ts';
import type { LoadedRun } from './load.ts';

export type Red =
  | { readonly kind: 'exact'; readonly row: ExactResult }
  | { readonly kind: 'latency'; readonly row: LatencyResult };

export interface Gate {
  readonly exit: 0 | 2 | 3 | 5 | 6 | 124 | 130;
  readonly why: string;
  readonly red: readonly Red[];
  /** Vanished, and allowed by a pattern. */
  readonly allowed: readonly ExactResult[];
  readonly undecided: readonly LatencyResult[];
  /** Those of `undecided` that were slower, and were not in a rerun. */
  readonly refuted: readonly LatencyResult[];
  /** Counts that cannot be compared: not shown to be constant in the base, other programs, too few passes, an incomplete base. */
  readonly unjudgeable: readonly ExactResult[];
}

export interface GateOptions {
  readonly strict: boolean;
  readonly allowMissing: readonly string[];
  /** There is nothing yet that the head could be compared with. */
  readonly hasNoBase?: boolean;
  /** Whether a rerun in a fresh process did not confirm a red latency. */
  readonly isRefuted?: (row: LatencyResult) => boolean;
}

const isRedStatus = ({ status }: ExactResult): boolean => {
  switch (status) {
    case 'worse':
    case 'varies':
    case 'vanished':
      return true;
    case 'equal':
    case 'better':
    case 'demoted':
    case 'incomparable':
    case 'unjudged':
    case 'new':
      return false;
    default:
      return unreachable(status);
  }
};

/** `unjudged` and `demoted` counts that are equal differ in nothing. A `new` row with a reason is one that an incomplete base lacks. */
const isUnjudgeable = ({ status, base, head, because }: ExactResult): boolean =>
  status === 'incomparable' ||
  (status === 'new' && because.length > 0) ||
  ((status === 'unjudged' || status === 'demoted') &&
    (base?.least !== head?.least || base?.most !== head?.most));

/** There is no row, or every one is incomparable, new, or missing as allowed: nothing was found because nothing was compared. */
const isNothingCompared = ({ exact, latencies }: Comparison): boolean =>
  latencies.gatedCount === 0 &&
  exact.every((row) => row.status === 'new' || row.status === 'vanished' || isUnjudgeable(row));

/** Of a run with several arms and no base. */
const NOTHING_JUDGED = 'nothing is judged: one run, no base';

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

const openText = (rows: number, groups: number): string =>
  [
    ...(rows > 0 ? [`${count(rows, 'row')} undecided or not judgeable`] : []),
    ...(groups > 0 ? [`${count(groups, 'group')} not timed for lack of time`] : []),
  ].join('; ');

/** In the order of the exit codes of a run: an ended budget hides no failure. */
const unusable = ({ run, tallied, okCount }: LoadedRun): Pick<Gate, 'exit' | 'why'> | null => {
  const failed = [
    [tallied.failures.length, 'slot'],
    [run.proofs.filter(({ equal }) => !equal).length, 'proof'],
  ] as const;
  const failures = failed.filter(([n]) => n > 0).map(([n, one]) => count(n, one));
  if (run.status === 'interrupted') return { exit: 130, why: 'the run was interrupted' };
  if (run.status === 'running')
    return { exit: 130, why: 'the run did not end: it was killed or is still running' };
  if (failures.length > 0) return { exit: 5, why: `${failures.join(' and ')} failed` };
  if (run.status === 'failed') return { exit: 5, why: 'the run could not continue' };
  if (run.status === 'out-of-time') return { exit: 124, why: 'the run ran out of time' };
  return okCount === 0 ? { exit: 6, why: 'nothing was measured' } : null;
};

export const gateOf = (comparison: Comparison, head: LoadedRun, options: GateOptions): Gate => {
  const allows = options.allowMissing.map(parsePattern);
  const isAllowed = (row: ExactResult): boolean =>
    row.status === 'vanished' && allows.some((allow) => allow(row));
  const exact = comparison.exact.filter(isRedStatus);
  const allowed = exact.filter(isAllowed);
  const latencies = comparison.latencies.rows.filter(({ judged }) => judged === 'red');
  const red: readonly Red[] = [
    ...exact.filter((row) => !isAllowed(row)).map((row) => ({ kind: 'exact', row }) as const),
    ...latencies
      .filter((row) => options.isRefuted?.(row) !== true)
      .map((row) => ({ kind: 'latency', row }) as const),
  ];
  const refuted = latencies.filter((row) => options.isRefuted?.(row) === true);
  const undecided = comparison.latencies.rows.filter(
    (row) => row.judged === 'undecided' || row.judged === 'unjudgeable' || refuted.includes(row),
  );
  const unjudgeable = comparison.exact.filter(isUnjudgeable);
  const rows = { red, allowed, undecided, refuted, unjudgeable };
  const worse = red.length === 0 ? '' : `; ${count(red.length, 'row')} worse than the base`;
  const reason = unusable(head);
  if (reason !== null)
    return { exit: reason.exit, why: reason.exit === 6 ? reason.why : `${reason.why}${worse}`, ...rows };
  if (comparison.kind === 'one run') return { exit: 0, why: NOTHING_JUDGED, ...rows };
  if (red.length > 0) return { exit: 2, why: `${count(red.length, 'row')} worse than the base`, ...rows };
  if (options.hasNoBase !== true && isNothingCompared(comparison))
    return { exit: 3, why: 'no row could be compared', ...rows };
  const open = undecided.length + unjudgeable.length;
  const untimed = comparison.untimed.length;
  if (options.strict && open + untimed > 0) return { exit: 3, why: openText(open, untimed), ...rows };
  return { exit: 0, why: 'nothing is worse than the base', ...rows };
};
