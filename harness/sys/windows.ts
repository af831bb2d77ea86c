/** Totals of this thread's windows. `outsideCount`: operations outside windows, i.e. single calls, commands, servers. */
export const windows = { ns: 0, count: 0, outsideCount: 0 };
