// Tasks side by side, up to a number at the same time, begun in order.
import { UserError } from '../model/errors.ts';
import type { Refused } from './refused.ts';

export interface Lanes {
  readonly parallel: number;
  /** Number of refused tasks after which no other one begins. */
  readonly refusals: number;
}

/** Returns the tasks that were refused. Another error, such as a full disk, is thrown when the tasks under way have ended. */
export const inLanes = async <T>(
  tasks: readonly T[],
  { parallel, refusals }: Lanes,
  work: (task: T) => Promise<readonly Refused[]>,
): Promise<readonly Refused[]> => {
  const refused: Refused[] = [];
  const failed: unknown[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < tasks.length && refused.length < refusals && failed.length === 0)
      try {
        refused.push(...(await work(tasks[next++]!)));
      } catch (error) {
        failed.push(error);
      }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, tasks.length) }, lane));
  if (failed.length > 0) throw failed[0];
  return refused;
};

/** The refusal of one task as its result. */
export const refusedAs = async (what: string, work: () => Promise<void>): Promise<readonly Refused[]> => {
  try {
    await work();
    return [];
  } catch (error) {
    if (error instanceof UserError) return [{ what, error }];
    throw error;
  }
};
