// Answers that depend on a few numbers alone: the rows of a run ask for the same ones again and again.

/** For functions of which a run asks only a few different things: nothing is ever forgotten. */
export const remembered = <A extends readonly number[], R>(
  compute: (...args: A) => R,
): ((...args: A) => R) => {
  const known = new Map<string, R>();
  return (...args) => {
    const key = args.join();
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = compute(...args);
    known.set(key, made);
    return made;
  };
};
