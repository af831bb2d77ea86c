// How far each machine is from the others in one row, and the probability of that by chance.
//
// Two rules, by the available runs. `runs`: the machine's mean is compared with the mean of the other machines' means, in
// units of how much runs of one machine differ; the null hypothesis is a true difference within the zone of equality. Runs of a machine
// that differ more than those of the others count with their own variance. `machines`, where machines have one run each: the
// machine is compared with the spread of the others; the null hypothesis is a machine drawn from the same population, and a
// difference within the zone is never tested. Machines that are far off are not among the others.
//
// Assumes: means of runs that are roughly normal; equal variance of runs except for the machine itself.
// Source:  Student's t; Cook and Weisberg, Residuals and Influence in Regression, section 2.2.2 (externally studentized residual).
import { mean, variance } from './moments.ts';
import { studentBeyond, studentBound } from './student.ts';

/** Degrees of freedom of the variance between runs from which on it judges. */
const FEWEST_RUN_DF = 4;
/** Machines with one run each need as many for the spread of the others to judge. */
const FEWEST_MACHINES_ALONE = 4;

export type DisagreementRule = 'runs' | 'machines' | 'none';

/** Logarithms. */
export interface MachineDifference {
  /** Mean of the medians of its runs. */
  readonly center: number;
  /** Half of its interval by how much runs of a machine differ; null if no machine has two runs. */
  readonly half: number | null;
  /** To the mean of the other machines. */
  readonly difference: number;
  /** Probability of a difference this large by chance; 1 without a rule. */
  readonly p: number;
}

interface Variation {
  /** Of the runs of one machine. */
  readonly variance: number;
  readonly df: number;
}

const variationOf = (machines: readonly (readonly number[])[]): Variation => {
  let [sum, df] = [0, 0];
  for (const runs of machines) {
    sum += variance(runs) * (runs.length - 1);
    df += runs.length - 1;
  }
  return { variance: df === 0 ? 0 : sum / df, df };
};

export const ruleFor = (machines: readonly (readonly number[])[]): DisagreementRule => {
  if (machines.length < 2) return 'none';
  if (variationOf(machines).df >= FEWEST_RUN_DF) return 'runs';
  return machines.length >= FEWEST_MACHINES_ALONE ? 'machines' : 'none';
};

/** P of a difference this large if the true one is at the edge of the zone. */
const beyondZone = (
  difference: number,
  zone: number,
  { error, df }: { error: number; df: number },
): number => {
  const excess = Math.abs(difference) - zone;
  if (excess <= 0) return 1;
  if (error === 0) return 0;
  return (studentBeyond(excess / error, df) + studentBeyond((Math.abs(difference) + zone) / error, df)) / 2;
};

const beyondOthers = (difference: number, zone: number, others: readonly number[]): number => {
  if (Math.abs(difference) <= zone) return 1;
  const error = Math.sqrt(variance(others) * (1 + 1 / others.length));
  return error === 0 ? 0 : studentBeyond(Math.abs(difference) / error, others.length - 1);
};

interface Means {
  readonly runs: readonly number[];
  readonly center: number;
}

interface MachineJudging {
  readonly rule: DisagreementRule;
  readonly common: Variation;
  readonly zone: number;
}

const ownVariance = ({ runs }: Means, { variance: common }: Variation): number =>
  Math.max(common, variance(runs));

/** Of one machine to the mean of `others`, at least one. */
const compared = (
  one: Means,
  others: readonly Means[],
  { rule, common, zone }: MachineJudging,
): Pick<MachineDifference, 'difference' | 'p'> => {
  const centers = others.map(({ center }) => center);
  const difference = one.center - mean(centers);
  if (rule === 'none') return { difference, p: 1 };
  if (rule === 'machines') return { difference, p: beyondOthers(difference, zone, centers) };
  const inverse = others.reduce((sum, { runs }) => sum + 1 / runs.length, 0);
  const error = Math.sqrt(
    ownVariance(one, common) / one.runs.length + (common.variance * inverse) / others.length ** 2,
  );
  return { difference, p: beyondZone(difference, zone, { error, df: common.df }) };
};

/** A machine this unlikely does not count as one of the others. */
const TRIM_P = 0.001;

/**
 * The machines that the others are compared with: without those that are far off, the farthest first, or a machine that takes twice
 * as long would make the others look fast. More than half of the machines stay.
 */
const referenceOf = (machines: readonly Means[], judging: MachineJudging): readonly Means[] => {
  let kept = machines;
  while (kept.length - 1 > machines.length / 2) {
    const far = kept
      .map((one) => ({ one, ...compared(one, without(kept, one), judging) }))
      .filter(({ p }) => p <= TRIM_P)
      .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference))[0];
    if (far === undefined) break;
    kept = without(kept, far.one);
  }
  return kept;
};

const without = (machines: readonly Means[], one: Means): readonly Means[] =>
  machines.filter((other) => other !== one);

/**
 * `machines`: medians of the runs of each, as logarithms; at least one run each. `zone`: differences within it are none.
 * `confidence`: of the intervals.
 */
export const differencesOf = (
  machines: readonly (readonly number[])[],
  { zone, confidence }: { readonly zone: number; readonly confidence: number },
): readonly MachineDifference[] => {
  const common = variationOf(machines);
  const judging = { rule: ruleFor(machines), common, zone };
  const means = machines.map((runs): Means => ({ runs, center: mean(runs) }));
  const reference = referenceOf(means, judging);
  return means.map((one): MachineDifference => {
    const others = without(reference, one);
    const half =
      common.df === 0
        ? null
        : studentBound(common.df, confidence) * Math.sqrt(ownVariance(one, common) / one.runs.length);
    return {
      center: one.center,
      half,
      ...(others.length === 0 ? { difference: 0, p: 1 } : compared(one, others, judging)),
    };
  });
};
