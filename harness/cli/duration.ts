// Durations as typed: `90s`, `5m`, `1h`, `1.5h`, or plain seconds.
const NS_PER_UNIT = { s: 1e9, m: 60e9, h: 3600e9 } as const;

/** Null when the text is no duration above zero. */
export const parseDurationNs = (text: string): number | null => {
  const match = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text);
  const value = Number(match?.[1]);
  if (match === null || !(value > 0)) return null;
  return value * NS_PER_UNIT[(match[2] || 's') as keyof typeof NS_PER_UNIT];
};

export const formatSeconds = (ns: number): string => {
  const seconds = Math.max(0, Math.round(ns / 1e9));
  return seconds < 100 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};
