// The known name that a mistyped one most resembles.

/** Levenshtein distance: insertions, removals and replacements of one character. */
const editDistance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
};

const withoutDashes = (name: string): string => name.replace(/^-+/, '');

/** Null when no name begins with the typed one or shares half of its characters. */
const nearestName = (typed: string, known: readonly string[]): string | null => {
  const word = withoutDashes(typed);
  let nearest: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const candidate = withoutDashes(name);
    const isPrefix = word !== '' && candidate.startsWith(word);
    const distance = isPrefix ? 1 : editDistance(word, candidate);
    if (distance >= least || (!isPrefix && distance > Math.max(word.length, candidate.length) / 2)) continue;
    least = distance;
    nearest = name;
  }
  return nearest;
};

/** ` (did you mean 'NAME'?)`, or nothing. */
export const didYouMean = (typed: string, known: readonly string[]): string => {
  const nearest = nearestName(typed, known);
  return nearest === null ? '' : ` (did you mean '${nearest}'?)`;
};
