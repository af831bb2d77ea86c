/** Caches a pure function of numbers; for few different arguments, since nothing is evicted. */
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
