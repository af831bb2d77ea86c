// JSON shape of the runs of a pool and of its fleet. Types only.
import type { ConditionWarning } from '../schema/machine.ts';
import type { DisagreementRule } from '../stats/disagreement.ts';
import type { Interval } from '../stats/interval.ts';

interface PooledRun {
  readonly id: string;
  readonly startedAt: string;
  readonly seed: string;
  readonly commandLine: readonly string[];
  /** Index in the machines of the fleet; absent: one machine. */
  readonly machine?: number;
}

/** A run that was expected and is not part of the pool. */
export interface MissingRun {
  /** Its folder, or `run 3 of 8` where none is known. */
  readonly name: string;
  readonly reason: string;
}

/** A machine with its kernel: another CPU, kernel or file system counts as another machine. */
export interface FleetMachine {
  /** Its label, and what tells it from another machine of that label. */
  readonly name: string;
  readonly kernel: string;
  readonly cpu: string;
  readonly disk: string;
  readonly runCount: number;
  /** Items of its environment in which it differs from most machines, with its value and theirs. */
  readonly differs: readonly FleetDifference[];
}

export interface FleetDifference {
  readonly item: string;
  readonly here: string;
  /** Of most of the other machines. */
  readonly elsewhere: string;
  /** No other machine has this value. */
  readonly isAlone: boolean;
}

/** A compared value: an arm's ratio to the baseline, or the time of the baseline itself among machines that are alike. */
export interface FleetPlace {
  readonly scenario: string;
  readonly params: string;
  readonly image: string;
  readonly metric: string;
  readonly arm: string;
  readonly kind: 'ratio' | 'level';
}

export interface FleetEffect {
  /** Index. */
  readonly machine: number;
  readonly runs: number;
  /** A ratio, or a value in the metric's unit. */
  readonly center: number;
  /** By how much runs of one machine differ; null if no machine has two runs. */
  readonly lo: number | null;
  readonly hi: number | null;
  /** Factor to the mean of the other machines. */
  readonly toOthers: number;
  /** Adjusted for all comparisons of the fleet. */
  readonly p: number;
  readonly disagrees: boolean;
}

export interface KernelEffect {
  readonly kernel: string;
  readonly machines: number;
  readonly ratio: Interval;
  /** Of the medians of its runs, also where they are too few for an interval. */
  readonly center: number;
}

export interface FleetRow extends FleetPlace {
  /** Over machines, runs and blocks. */
  readonly pooled: Interval;
  readonly rule: DisagreementRule;
  /** Standard deviation between machines beyond that of their runs, a logarithm. */
  readonly machineSd: number;
  readonly machines: readonly FleetEffect[];
  /** Empty with one kernel. */
  readonly kernels: readonly KernelEffect[];
}

/** Counts that differ between machines with equal fingerprints. */
export interface UnequalCounts {
  /** Counts with the values of both sides; the first of `count`. */
  readonly examples: readonly string[];
  readonly count: number;
  /** Indexes of the machines that have the value of most machines, and of those that have another one. */
  readonly most: readonly number[];
  readonly others: readonly number[];
  /** Items of the environments that tell the two sides apart; empty: no recorded item does. */
  readonly factors: readonly string[];
}

export interface Fleet {
  readonly machines: readonly FleetMachine[];
  readonly kernels: readonly string[];
  readonly rows: readonly FleetRow[];
  /** Comparisons that the probability of a false name is kept over. */
  readonly comparisons: number;
  readonly comparedCounts: number;
  /** Indexes of the machines whose counts were compared with those of no other machine. */
  readonly uncompared: readonly number[];
  readonly unequal: readonly UnequalCounts[];
}

export interface Pooled {
  readonly runs: readonly PooledRun[];
  /** Warnings about the conditions of any run, once each. */
  readonly judged: readonly ConditionWarning[];
  /** Differences between the runs that do not forbid pooling them. */
  readonly notices: readonly string[];
  /** Expected runs that are not here; absent: nothing was expected, or all are here. */
  readonly missing?: readonly MissingRun[];
  /** Absent: one machine. */
  readonly fleet?: Fleet;
}
