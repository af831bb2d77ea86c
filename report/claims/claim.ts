// A claim on trial: what somebody said, and the rule by which a run answers it. One file each; the rule sees the journal alone.
import type { Interval } from '../../results/stats/interval.ts';
import type { Evidence } from './evidence.ts';
import type { Source } from './source.ts';

/** A number that the verdict stands on. */
export interface Figure {
  /** What it is of, such as `walk-cold, erofs-overlay ÷ erofs-only`. */
  readonly what: string;
  /** Its unit is the suffix of a metric's name: `Ns`, `Bytes`, `Count`, `PerSecond`, `Ratio`. */
  readonly metric: string;
  readonly value: number;
  /** Null for counts that are equal in every pass. */
  readonly interval: Interval | null;
  /** The number that was published for the same thing, in words with its source; absent: none ever was. */
  readonly published?: string;
  /** Shown beside the answer and no part of it. */
  readonly standIn?: boolean;
}

export type Judgement =
  | {
      readonly verdict: 'supported' | 'not supported';
      readonly because: string;
      /** The number that decided, and no other: it is what is printed beside the verdict. Absent: the first of `figures`. */
      readonly decidedBy?: Figure;
      readonly figures: readonly Figure[];
    }
  | {
      readonly verdict: 'undecided';
      readonly because: string;
      /** What would decide it: a command to type, more blocks, a larger image. */
      readonly wouldDecide: string;
      readonly figures: readonly Figure[];
    }
  | {
      readonly verdict: 'not testable';
      /** The missing kernel feature, privilege or program, or that the thing was never merged. */
      readonly because: string;
      readonly figures: readonly Figure[];
    };

export interface Claim {
  /** `C1` to `C20`. */
  readonly id: string;
  /** In our words, one sentence. */
  readonly text: string;
  /** Who said it and where; words where nothing more exact is known. */
  readonly by: readonly Source[] | string;
  /** Ids of the scenarios whose samples the rule reads. */
  readonly scenarios: readonly string[];
  /** The rule in words: which numbers, which bounds. */
  readonly rule: string;
  /** What a critic would object, and how the run answers it. */
  readonly objection: string;
  readonly answer: string;
  judge(evidence: Evidence): Judgement;
}
