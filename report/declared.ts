// Declared differences of a tree in words: parts of the image that a mount hides, and parts that it adds.

/** Prefix of parts that a mount adds. */
const ABSENCE = 'the absence of ';

export interface DeclaredDifferences {
  readonly hides: readonly string[];
  readonly adds: readonly string[];
}

/** `hidden`: of one proof or several. */
export const declaredIn = (hidden: Iterable<string>): DeclaredDifferences => {
  const names = [...new Set(hidden)].sort();
  return {
    hides: names.filter((name) => !name.startsWith(ABSENCE)),
    adds: names.filter((name) => name.startsWith(ABSENCE)).map((name) => name.slice(ABSENCE.length)),
  };
};
