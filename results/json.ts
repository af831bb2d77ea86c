// JSON from files.
import { ResultsError, type ResultsErrorParts } from './errors.ts';

/** `at` names the file, and the line where it has several. */
export const parseJson = (text: string, at: string, parts: ResultsErrorParts = {}): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ResultsError(`${at}: not JSON`, { facts: [(error as Error).message], ...parts });
  }
};
