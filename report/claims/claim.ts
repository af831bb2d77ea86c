// A claim: a sentence from the debate with its source, and the rule that decides it. One file each; a rule sees run.json
// and the journal alone.
import type { Interval } from '../../results/stats/interval.ts';
import type { Evidence } from './evidence.ts';
import type { Source } from './source.ts';

/** A number shown with a verdict. */
export interface Figure {
  /** The quantity, such as `walk-cold, erofs-overlay ÷ erofs-only`. */
  readonly what: string;
  /** The suffix is the unit: `Ns`, `Bytes`, `Count`, `PerSecond`, `Ratio`. */
  readonly metric: string;
  readonly value: number;
  /** Null: a count. If passes differ, `value` is the largest one, and `what` names the smallest. */
  readonly interval: Interval | null;
  /** The published number for the same quantity, with its source; absent: none was published. */
  readonly published?: string;
  /** Shown for context; decides nothing. */
  readonly standIn?: boolean;
}

export type Judgement =
  | {
      readonly verdict: 'supported' | 'not supported';
      readonly because: string;
      /** The number that decided; it is printed beside the verdict. Absent: the first of `figures`. */
      readonly decidedBy?: Figure;
      readonly figures: readonly Figure[];
    }
  | {
      readonly verdict: 'undecided';
      readonly because: string;
      /** A command to type, more blocks, a larger image. */
      readonly wouldDecide: string;
      readonly figures: readonly Figure[];
    }
  | {
      readonly verdict: 'not testable';
      /** The missing kernel feature, privilege or program; or that the code was never merged. */
      readonly because: string;
      readonly figures: readonly Figure[];
    };

export type ClaimVerdict = Judgement['verdict'];

/** Of a claim about the composefs kernel module. */
export const NEVER_MERGED = 'the composefs kernel module was never merged';

export interface Claim {
  /** `C1` to `C21`. */
  readonly id: string;
  /** One sentence, paraphrased. */
  readonly text: string;
  /** Author and place; plain text where nothing more exact is known. */
  readonly by: readonly Source[] | string;
  /** Ids of the scenarios whose samples the rule reads: a run with one of them asks. */
  readonly scenarios: readonly string[];
  /** Further ones, of which a run asks nothing by themselves. */
  readonly further?: readonly string[];
  /** Entries of the smallest image that decides; a run without one does not ask. Absent: any. */
  readonly leastEntries?: number;
  /** A run that planned none of these variants does not ask. Absent: the scenarios bring their own. */
  readonly variants?: readonly string[];
  /** The rule in words: which numbers, which bounds. */
  readonly rule: string;
  /** The objection of a critic, and the answer of the run. */
  readonly objection: string;
  readonly answer: string;
  judge(evidence: Evidence): Judgement;
}
