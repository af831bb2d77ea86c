// Durations as typed: `90s`, `5m`, `1h`, `1.5h`, or plain seconds.
import { InvalidArgumentError } from 'commander';

const NS = { s: 1e9, m: 60e9, h: 3600e9 } as const;

export const parseDurationNs = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text);
  const value = Number(match?.[1]);
  if (match === null || !(value > 0)) throw new InvalidArgumentError('write it as 90s, 5m or 1h');
  return value * NS[(match[2] || 's') as keyof typeof NS];
};

export const formatSeconds = (ns: number): string => {
  const seconds = Math.max(0, Math.round(ns / 1e9));
  return seconds < 100 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};
