// A trial: a kind of disturbance, one row of the table. An attempt is one disturbance at one random moment.
import type { Random } from '../../harness/model/random.ts';
import type { Owner } from '../end-to-end/support.ts';
import type { Plan } from './small-run.ts';

/** Columns of the table that must be zero, with their titles. */
export const COLUMNS = {
  leak: 'leaks',
  loss: 'samples lost',
  crash: 'crashes',
  hang: 'hangs',
  exit: 'wrong exit codes',
} as const;

export type Column = keyof typeof COLUMNS;

export interface Finding {
  readonly column: Column;
  readonly what: string;
}

export interface Attempt {
  /** Everything random in the attempt is drawn from it. */
  readonly random: Random;
  /** An empty folder on a disk, removed with everything below it. */
  readonly home: string;
  /** What is registered here is undone at the end of the attempt. */
  readonly owner: Owner;
  /** Whether the run is resumed to its end afterwards, which takes as long as the run itself. */
  readonly resumes: boolean;
  /** Of the runs that are disturbed. */
  readonly plan: Plan;
  /** Kept if the attempt has findings. */
  note(text: string): void;
}

/** Thrown by an attempt for which this machine lacks something: a sentence. The kind is not tried, and the reason is printed. */
export class CannotTry extends Error {}

/** `missed`: the run ended before the disturbance; the attempt does not count. */
export type AttemptEnd =
  | { readonly kind: 'missed' }
  | { readonly kind: 'impossible'; readonly reason: string }
  | {
      readonly kind: 'done';
      readonly findings: readonly Finding[];
      /** Tries within the attempt, such as the files that were read; default 1. */
      readonly tried?: number;
      /** Milliseconds from the disturbance to the end of everything. */
      readonly endedMs?: number;
    };

export const SECTIONS = ['kills', 'faults', 'inputs'] as const;

type Section = (typeof SECTIONS)[number];

export interface Trial {
  readonly id: string;
  readonly section: Section;
  /** Name of its row. */
  readonly title: string;
  /** Attempts, and those of the short form, which leaves out what takes long. */
  readonly count: number;
  readonly shortCount: number;
  attempt(attempt: Attempt): Promise<AttemptEnd>;
}
