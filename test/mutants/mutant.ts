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

/** Throws unless the quoted text stands exactly once in `source`. */
export const mutatedSource = (source: string, { file, from, to }: Mutant): string => {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`${file}: found ${parts.length - 1} times, not once: ${from}`);
  return parts.join(to);
};
