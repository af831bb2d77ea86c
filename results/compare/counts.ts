// Exact and quasi-exact counts: the least and the most of several passes, no interval.
import type { Ledger, Phase } from '../schema/run.ts';
import { PHASES } from '../schema/run.ts';
import type { Values } from '../schema/shared.ts';

/** Over several passes; `least` equals `most` if the count is constant. */
export interface Count {
  readonly least: number;
  readonly most: number;
  readonly passes: number;
}

/** Fewer passes do not show that a count is constant; a run ends groups without time for them. */
export const FEWEST_PASSES = 3;

export const countOf = (values: ArrayLike<number>): Count | null =>
  values.length === 0 ? null : { least: leastOf(values), most: mostOf(values), passes: values.length };

/** Not Math.min(...values), which fails above some 100,000 arguments. */
const leastOf = (values: ArrayLike<number>): number =>
  new Float64Array(values).reduce((a, b) => Math.min(a, b));
const mostOf = (values: ArrayLike<number>): number =>
  new Float64Array(values).reduce((a, b) => Math.max(a, b));

/** `createCallCount`: the sum of a phase's ledger. */
export const isSumOfCalls = (metric: string): boolean =>
  PHASES.some((phase) => metric === `${phase}CallCount`);

export interface CallCount extends Count {
  readonly phase: Phase;
  readonly actor: string;
  readonly call: string;
}

const byActor = (ledger: Ledger, phase: Phase): readonly [string, Values][] =>
  Object.entries(ledger[phase] ?? {});

/** Every call that any pass saw, in the order of phases. A ledger is complete: a call that it lacks was not made. */
export const callCounts = (ledgers: readonly Ledger[]): readonly CallCount[] =>
  PHASES.flatMap((phase) => {
    const seen = new Map<string, { actor: string; call: string; values: number[] }>();
    for (const ledger of ledgers)
      for (const [actor, calls] of byActor(ledger, phase))
        for (const [call, count] of Object.entries(calls)) {
          const key = JSON.stringify([actor, call]);
          const entry = seen.get(key) ?? { actor, call, values: [] };
          entry.values.push(count);
          seen.set(key, entry);
        }
    return [...seen.values()].map(({ actor, call, values }) => ({
      phase,
      actor,
      call,
      least: values.length < ledgers.length ? Math.min(0, leastOf(values)) : leastOf(values),
      most: mostOf(values),
      passes: ledgers.length,
    }));
  });

/** Calls of each pass by phase, without the actors in `except`; phases without calls are absent. */
export const phaseTotals = (
  ledgers: readonly Ledger[],
  except: readonly string[],
): ReadonlyMap<Phase, Count> => {
  const totals = new Map<Phase, Count>();
  for (const phase of PHASES) {
    if (!ledgers.some((ledger) => Object.hasOwn(ledger, phase))) continue;
    const sums = ledgers.map((ledger) =>
      byActor(ledger, phase)
        .filter(([actor]) => !except.includes(actor))
        .reduce((sum, [, calls]) => sum + Object.values(calls).reduce((a, b) => a + b, 0), 0),
    );
    const count = countOf(sums);
    if (count !== null) totals.set(phase, count);
  }
  return totals;
};
