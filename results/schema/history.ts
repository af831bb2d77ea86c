// JSON shape of a line of the history: one metric of one run. Types only.
import type { WholeNumber } from './shared.ts';

export const HISTORY_SCHEMA = 1;

export interface HistoryLine {
  readonly schema: typeof HISTORY_SCHEMA;
  readonly run: string;
  readonly startedAt: string;
  readonly commit: string | null;
  readonly host: string;
  readonly scenario: string;
  /** As text, in the order of names. */
  readonly params: string;
  readonly image: string;
  readonly arm: string;
  /** `metric`, or `phase: actor: call`. */
  readonly what: string;
  /** The value of a `noisy` line is the ratio to the baseline of its run. */
  readonly noise: 'exact' | 'quasi' | 'noisy';
  readonly value: number;
  readonly n: WholeNumber;
  readonly lo: number;
  readonly hi: number;
  /** Only lines with equal fingerprints are compared. */
  readonly fingerprint: Readonly<Record<string, string>>;
}
