/** The value under `key` unless it is inherited: a metric may be called `constructor`. */
export const own = <T>(values: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(values, key) ? values[key] : undefined;
