// Declared differences of a tree in words: what a mount does not show of the image, and what it shows beside it.

/** Begins the name of what the image does not have. */
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
