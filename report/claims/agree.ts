// One answer from several places: images, file systems, ways of asking. Where two disagree there is none. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Figure } from './claim.ts';
import { type Evidence, placeText } from './evidence.ts';

export type Answer = 'yes' | 'no' | 'unclear';

export interface Found {
  readonly group: GroupData;
  readonly answer: Answer;
}

export type Agreed =
  | { readonly kind: 'all'; readonly answer: 'yes' | 'no' }
  | { readonly kind: 'unclear'; readonly where: string }
  | { readonly kind: 'split'; readonly yes: string; readonly no: string }
  | { readonly kind: 'none' };

export const agreedOn = (found: readonly Found[]): Agreed => {
  const where = (answer: Answer): string =>
    found
      .filter((one) => one.answer === answer)
      .map(({ group }) => placeText(group))
      .join('; ');
  const has = (answer: Answer): boolean => found.some((one) => one.answer === answer);
  if (found.length === 0) return { kind: 'none' };
  if (has('yes') && has('no')) return { kind: 'split', yes: where('yes'), no: where('no') };
  if (has('unclear')) return { kind: 'unclear', where: where('unclear') };
  return { kind: 'all', answer: has('yes') ? 'yes' : 'no' };
};

type PerGroup<T> = (evidence: Evidence, group: GroupData) => T;

/** All groups of a scenario; the numbers of those whose answer the verdict is stand first. */
export const triedOn = (
  evidence: Evidence,
  scenario: string,
  answerOf: PerGroup<Answer | null>,
  figuresOf: PerGroup<readonly Figure[]>,
): { readonly agreed: Agreed; readonly figures: readonly Figure[] } => {
  const groups = evidence.groups({ scenario });
  const answers = groups.map((group) => ({ group, answer: answerOf(evidence, group) }));
  const agreed = agreedOn(
    answers.flatMap(({ group, answer }) => (answer === null ? [] : [{ group, answer }])),
  );
  const deciding = agreed.kind === 'all' ? agreed.answer : agreed.kind === 'unclear' ? 'unclear' : null;
  const isLater = ({ answer }: { readonly answer: Answer | null }): number => Number(answer !== deciding);
  const sorted = [...answers].sort((one, other) => isLater(one) - isLater(other));
  return { agreed, figures: sorted.flatMap(({ group }) => figuresOf(evidence, group)) };
};

/** Of a split, in words. */
export const splitText = (yes: string, no: string): string => `yes on ${yes}; no on ${no}`;
/** What more of the same cannot change. */
export const READ_BOTH = 'nothing more of the same: the places differ, and the numbers of both are here';
