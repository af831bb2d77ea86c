// A run as a list of checks, for the formats of test runners. Being slower than the baseline is a result and no failure, except in
// an `--ab` run, whose second arm is on trial. Inconclusive is skipped, what broke on the way is an error.

import { paramsKey, type Unhappy } from '../compare/tally.ts';
import { unreachable } from '../errors.ts';
import type { Loaded } from '../gate/load.ts';
import { type TimedRow, timedRows } from './rows.ts';
import { unitOf } from './units.ts';

export type Ended =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed' | 'error' | 'skipped'; readonly why: string };

export interface Case {
  readonly name: string;
  readonly ended: Ended;
  /** Null where nothing was measured. */
  readonly measured: { readonly value: number; readonly unit: string; readonly text: string } | null;
}

export interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

const PASSED: Ended = { kind: 'passed' };

const rangeText = ({ cell, metric }: TimedRow): string => {
  const { medianInterval: interval } = cell;
  const within =
    interval.kind === 'tooFew'
      ? ''
      : `, ${Math.round(interval.confidence * 100)}% CI ${interval.lo}..${interval.hi}`;
  const ratio = cell.versus?.ratio;
  const against = ratio?.kind === 'interval' ? `, ratio ${ratio.center} [${ratio.lo}, ${ratio.hi}]` : '';
  return `median ${cell.median} ${unitOf(metric)}${within}, n=${cell.n}${against}`;
};

const endedOf = ({ cell }: TimedRow, onTrial: boolean): Ended => {
  if (cell.idle) return { kind: 'skipped', why: 'nothing to do in this phase' };
  if (!onTrial || cell.versus === null) return PASSED;
  const { verdict } = cell.versus;
  switch (verdict) {
    case 'slower':
      return { kind: 'failed', why: 'slower than the base' };
    case 'undecided':
      return { kind: 'skipped', why: 'inconclusive: neither worse nor the same' };
    case 'tooFew':
      return { kind: 'skipped', why: 'inconclusive: too few blocks' };
    case 'faster':
    case 'same':
      return PASSED;
    default:
      return unreachable(verdict);
  }
};

const timedCase = (row: TimedRow, head: string | null): Case => ({
  name: `${row.place.arm}: ${row.metric}`,
  ended: endedOf(row, row.place.arm === head),
  measured: row.cell.idle ? null : { value: row.cell.median, unit: unitOf(row.metric), text: rangeText(row) },
});

const unhappyCase = (sample: Unhappy): Case => {
  const name = `${sample.arm}: slot ${sample.seq}`;
  if (sample.outcome === 'skipped')
    return {
      name,
      ended: { kind: 'skipped', why: `needs ${sample.need}: ${sample.reason}` },
      measured: null,
    };
  const why = `${sample.phase}: ${sample.code}: ${sample.message}`;
  return { name, ended: { kind: sample.phase === 'leak' ? 'failed' : 'error', why }, measured: null };
};

const suiteName = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');

const setUp = ({ run }: Loaded): Suite => ({
  name: 'set-up',
  cases: [
    {
      name: 'the run is complete',
      ended: run.status === 'complete' ? PASSED : { kind: 'error', why: `it is ${run.status}` },
      measured: null,
    },
    ...run.proofs.map(
      ({ image, arm, equal, difference }): Case => ({
        name: `${arm} shows the tree of ${image}`,
        ended: equal ? PASSED : { kind: 'failed', why: difference ?? 'it differs' },
        measured: null,
      }),
    ),
    ...run.skipped.map(
      ({ what, need, reason }): Case => ({
        name: what,
        ended: { kind: 'skipped', why: `needs ${need}: ${reason}` },
        measured: null,
      }),
    ),
  ],
});

export const suitesOf = (loaded: Loaded): readonly Suite[] => {
  const { run, tallied } = loaded;
  const suites = new Map<string, Case[]>();
  const into = (name: string, one: Case): void => {
    suites.set(name, [...(suites.get(name) ?? []), one]);
  };
  for (const row of timedRows(loaded))
    if (row.headline)
      into(
        suiteName([row.place.scenario, row.place.params, row.place.image]),
        timedCase(row, run.plan.ab?.[1] ?? null),
      );
  for (const sample of [...tallied.failures, ...tallied.skips])
    into(suiteName([sample.scenario, paramsKey(sample.params), sample.image]), unhappyCase(sample));
  return [setUp(loaded), ...[...suites].map(([name, cases]) => ({ name, cases }))];
};

export const countEnded = (cases: readonly Case[], kind: Ended['kind']): number =>
  cases.filter(({ ended }) => ended.kind === kind).length;
