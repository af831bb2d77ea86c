// One verdict from several groups: images, file systems, parameters. Groups that disagree decide nothing. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Figure, Judgement } from './claim.ts';
import { type Evidence, type GroupFilter, groupText } from './evidence.ts';
import { FEW_PASSES } from './figures.ts';
import { morePasses, NO_FAILURE, untested } from './missing.ts';
import type { Tristate } from './verdicts.ts';

export interface GroupAnswer {
  readonly group: GroupData;
  readonly answer: Tristate;
}

export type Agreement =
  | { readonly kind: 'agreed'; readonly answer: 'yes' | 'no' }
  | { readonly kind: 'open'; readonly where: string }
  | { readonly kind: 'split'; readonly yes: string; readonly no: string }
  | { readonly kind: 'none' };

export const agreementOf = (answers: readonly GroupAnswer[]): Agreement => {
  const where = (wanted: Tristate): string =>
    answers
      .filter(({ answer }) => answer === wanted)
      .map(({ group }) => groupText(group))
      .join('; ');
  const has = (wanted: Tristate): boolean => answers.some(({ answer }) => answer === wanted);
  if (answers.length === 0) return { kind: 'none' };
  if (has('yes') && has('no')) return { kind: 'split', yes: where('yes'), no: where('no') };
  if (has('open')) return { kind: 'open', where: where('open') };
  return { kind: 'agreed', answer: has('yes') ? 'yes' : 'no' };
};

export const splitJudgement = (
  { yes, no }: Extract<Agreement, { readonly kind: 'split' }>,
  figures: readonly Figure[],
  subject = '',
): Judgement => ({
  verdict: 'undecided',
  because: `${subject}supported on ${yes}; not supported on ${no}`,
  wouldDecide: 'more runs of this plan cannot decide it: these groups disagree, and the figures show both',
  figures,
});

interface FailedParts {
  readonly filters: readonly GroupFilter[];
  readonly arms: readonly string[];
  /** Groups that refute by themselves: a failed slot of theirs changes nothing. */
  readonly refuting: readonly GroupData[];
  readonly figures: readonly Figure[];
}

/** For groups that agree. Null: no slot failed that might contradict them. */
export const failedJudgement = (
  evidence: Evidence,
  { filters, arms, refuting, figures }: FailedParts,
): Judgement | null => {
  const settled = new Set(refuting.map(groupText));
  const where = filters
    .flatMap((filter) => evidence.failed(filter))
    .filter((sample) => arms.includes(sample.arm) && !settled.has(groupText({ group: sample })))
    .map((sample) => `${sample.arm} on ${groupText({ group: sample })}`);
  return where.length === 0
    ? null
    : {
        verdict: 'undecided',
        because: `slots failed that might contradict the others: ${[...new Set(where)].join('; ')}`,
        wouldDecide: NO_FAILURE,
        figures,
      };
};

export const refutingIn = (answers: readonly GroupAnswer[]): readonly GroupData[] =>
  answers.filter(({ answer }) => answer === 'no').map(({ group }) => group);

/** `few`: open, because passes are too few to show that a count is constant. */
export type CountedAnswer = Tristate | 'few';

/** A rule that asks every group of a scenario the same question. */
export interface GroupRule {
  readonly scenario: string;
  /** Those whose values the answer needs: with a failed slot of one there is no verdict. */
  readonly arms: readonly string[];
  /** Ids that the rule needs, for the reason why there is no answer. */
  readonly needs: readonly string[];
  /** Null: the group lacks the values that the rule reads. */
  answer(evidence: Evidence, group: GroupData): CountedAnswer | null;
  /** The number that gave the answer, on the side of the answer. */
  decidedBy(evidence: Evidence, group: GroupData, answer: 'yes' | 'no'): Figure | null;
  figures(evidence: Evidence, group: GroupData): readonly Figure[];
  /** Without an answer of any group; absent: no time, or not testable with the run's reason. */
  unanswered?(evidence: Evidence, figures: readonly Figure[]): Judgement;
  open(evidence: Evidence, where: string): { readonly because: string; readonly wouldDecide: string };
  supported(evidence: Evidence): string;
  notSupported(evidence: Evidence): string;
}

const decidingAnswer = (agreement: Agreement): Tristate | null =>
  agreement.kind === 'agreed' ? agreement.answer : agreement.kind === 'open' ? 'open' : null;

interface FoundAnswer {
  readonly group: GroupData;
  readonly answer: Tristate | null;
  readonly isFew: boolean;
}

const openJudgement = (
  evidence: Evidence,
  rule: GroupRule,
  answers: readonly FoundAnswer[],
  where: string,
): Pick<Extract<Judgement, { readonly verdict: 'undecided' }>, 'because' | 'wouldDecide'> => {
  const few = answers.filter(({ isFew }) => isFew).map(({ group }) => groupText(group));
  return few.length === 0
    ? rule.open(evidence, where)
    : { because: `${FEW_PASSES}: ${few.join('; ')}`, wouldDecide: morePasses(evidence, [rule.scenario]) };
};

/** `groups`: those with the answer. */
const agreedJudgement = (
  evidence: Evidence,
  rule: GroupRule,
  { answer, groups }: { readonly answer: 'yes' | 'no'; readonly groups: readonly GroupData[] },
  figures: readonly Figure[],
): Judgement => {
  const refuting = answer === 'no' ? groups : [];
  const filters = [{ scenario: rule.scenario }];
  const failed = failedJudgement(evidence, { filters, arms: rule.arms, refuting, figures });
  if (failed !== null) return failed;
  const decidedBy = rule.decidedBy(evidence, groups[0]!, answer);
  return {
    ...(answer === 'yes'
      ? { verdict: 'supported', because: rule.supported(evidence) }
      : { verdict: 'not supported', because: rule.notSupported(evidence) }),
    ...(decidedBy === null ? {} : { decidedBy }),
    figures,
  };
};

/** Figures of the groups that decide stand first. */
export const judgeGroups = (evidence: Evidence, rule: GroupRule): Judgement => {
  const groups = evidence.groups({ scenario: rule.scenario });
  const answers = groups.map((group): FoundAnswer => {
    const answer = rule.answer(evidence, group);
    return { group, answer: answer === 'few' ? 'open' : answer, isFew: answer === 'few' };
  });
  const agreement = agreementOf(
    answers.flatMap(({ group, answer }) => (answer === null ? [] : [{ group, answer }])),
  );
  const deciding = decidingAnswer(agreement);
  const figures = [...answers]
    .sort((a, b) => Number(a.answer !== deciding) - Number(b.answer !== deciding))
    .flatMap(({ group }) => rule.figures(evidence, group));
  switch (agreement.kind) {
    case 'none':
      return rule.unanswered?.(evidence, figures) ?? untested(evidence, rule.needs, figures);
    case 'open':
      return {
        verdict: 'undecided',
        ...openJudgement(evidence, rule, answers, agreement.where),
        figures,
      };
    case 'split':
      return splitJudgement(agreement, figures);
    case 'agreed': {
      const { answer } = agreement;
      const agreeing = answers.filter((one) => one.answer === answer).map(({ group }) => group);
      return agreedJudgement(evidence, rule, { answer, groups: agreeing }, figures);
    }
  }
};
