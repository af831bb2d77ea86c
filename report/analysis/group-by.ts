type Members<T> = readonly [T, ...T[]];

/** Items by key, in the order of each key's first item. */
export const groupBy = <T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, Members<T>> => {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};

/** The same without the keys. */
export const groupsBy = <T>(items: readonly T[], keyOf: (item: T) => string): readonly Members<T>[] => [
  ...groupBy(items, keyOf).values(),
];
