// JSON shapes that the parts of a run share.

/**
 * @asType integer
 * @minimum 0
 * @maximum 9007199254740991
 */
export type WholeNumber = number;

/** Metric name to number; the unit is the name's suffix (Ns, Bytes, Count, PerSecond, Ratio). */
export type Values = Readonly<Record<string, number>>;

export type Params = Readonly<Record<string, string | number>>;
