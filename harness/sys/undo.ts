// What has been done and must be undone: pushed the moment it is done, unwound in reverse on return, throw and signal.
import { UserError } from '../model/errors.ts';

export interface Undo {
  /** Returns a function that takes the entry off again, for things undone in the normal course of events. */
  push(name: string, undo: () => void | Promise<void>): () => void;
  /** Undoes everything, latest first, and goes on past failures; throws one error that names each. */
  unwind(): Promise<void>;
  readonly pending: readonly string[];
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const createUndo = (): Undo => {
  let stack: { readonly name: string; readonly undo: () => void | Promise<void> }[] = [];
  return {
    push(name, undo) {
      const entry = { name, undo };
      stack.push(entry);
      return () => {
        stack = stack.filter((other) => other !== entry);
      };
    },
    async unwind() {
      const failures: string[] = [];
      for (let entry = stack.pop(); entry !== undefined; entry = stack.pop())
        try {
          await entry.undo();
        } catch (error) {
          failures.push(`${entry.name}: ${reasonOf(error)}`);
        }
      if (failures.length > 0)
        throw new UserError('not everything could be undone', { exit: 5, code: 'leak', facts: failures });
    },
    get pending() {
      return stack.map(({ name }) => name);
    },
  };
};
