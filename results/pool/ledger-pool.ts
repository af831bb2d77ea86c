// The ledgers of many runs, of which most are equal: an equal one is a further reference to the first.
//
// Calls of the runtime differ in every pass, so ledgers that differ in nothing else count as equal, except where a call has a new least or
// most count: extremes, sums without the runtime, and the number of passes stay exact.
import { RUNTIME } from '../compare/phase-of.ts';
import type { Ledger } from '../schema/run.ts';

interface Extremes {
  least: number;
  most: number;
}

const withoutRuntime = (ledger: Ledger): string =>
  JSON.stringify(ledger, (key, value: unknown) => (key === RUNTIME ? undefined : value));

/** Calls of the runtime by phase and name. */
const runtimeCalls = (ledger: Ledger): ReadonlyMap<string, number> =>
  new Map(
    Object.entries(ledger).flatMap(([phase, actors]) =>
      Object.entries(actors[RUNTIME] ?? {}).map(([call, count]) => [`${phase} ${call}`, count] as const),
    ),
  );

export class LedgerPool {
  readonly all: Ledger[] = [];
  readonly #firstOf = new Map<string, Ledger>();
  readonly #extremes = new Map<string, Extremes>();

  /** Whether a count of the runtime is beyond all so far; a call that a ledger lacks was made 0 times. */
  #extends(ledger: Ledger): boolean {
    const calls = runtimeCalls(ledger);
    let isNew = false;
    for (const key of new Set([...this.#extremes.keys(), ...calls.keys()])) {
      const count = calls.get(key) ?? 0;
      const known = this.#extremes.get(key);
      if (known !== undefined && count >= known.least && count <= known.most) continue;
      isNew = true;
      this.#extremes.set(key, {
        least: Math.min(count, known?.least ?? count),
        most: Math.max(count, known?.most ?? count),
      });
    }
    return isNew;
  }

  add(ledger: Ledger): void {
    const key = withoutRuntime(ledger);
    const first = this.#firstOf.get(key);
    if (first === undefined) this.#firstOf.set(key, ledger);
    const isNew = this.#extends(ledger);
    this.all.push(first === undefined || isNew ? ledger : first);
  }
}
