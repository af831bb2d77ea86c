// Ends a run on which everything fails, such as on a full disk.
//
// The rule: N failed slots in a row with one code end the run, if they are of at least two scenarios, or only one is still measured. N is
// the number of slots in two blocks of the largest group that is. Between the slots of one broken arm or scenario, slots of others succeed.
import type { Sample } from '../../results/schema/run.ts';
import { UserError } from '../model/errors.ts';
import type { Group } from './plan.ts';

const BLOCKS = 2;

/** Failed slots in a row that end a run; a block has every arm of a group, and the null arm. */
const failuresAllowed = (groups: readonly Group[]): number =>
  BLOCKS * (1 + Math.max(...groups.map(({ arms }) => arms.length)));

export interface FailingWatch {
  /** Throws when the run must end. `groups`: those that the run still measures. */
  saw(sample: Sample, groups: readonly Group[]): void;
}

export const watchFailing = (): FailingWatch => {
  let code: string | null = null;
  let count = 0;
  let scenarios = new Set<string>();
  return {
    saw(sample, groups) {
      if (sample.outcome !== 'failed') {
        code = null;
        return;
      }
      if (sample.code !== code) {
        code = sample.code;
        count = 0;
        scenarios = new Set();
      }
      count++;
      scenarios.add(sample.scenario);
      const all = new Set(groups.map(({ scenario }) => scenario.id)).size;
      if (count < failuresAllowed(groups) || scenarios.size < Math.min(2, all)) return;
      throw new UserError(`the run ends: ${count} slots in a row failed for the same reason (${code})`, {
        exit: 5,
        code: 'failing',
        facts: [`the last one: ${sample.scenario} on ${sample.arm}: ${sample.message}`],
      });
    },
  };
};
