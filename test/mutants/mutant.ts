// A fault that somebody could make, and the test files that must see it.

export interface Mutant {
  /** What is wrong then. */
  readonly name: string;
  /** Source file, from the project's folder. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** Below `test`, without `.test.ts`: one of them must fail. */
  readonly tests: readonly string[];
}

type Change = readonly [name: string, from: string, to: string];

/** Several faults of one file. */
export const of = (file: string, tests: readonly string[], changes: readonly Change[]): readonly Mutant[] =>
  changes.map(([name, from, to]) => ({ name, file, from, to, tests }));
