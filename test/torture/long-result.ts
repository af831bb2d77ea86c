// What a long run is given, and its row of the table.
import type { Owner } from '../end-to-end/support.ts';

export interface LongResult {
  readonly what: string;
  readonly amount: string;
  readonly found: string;
  readonly bound: string;
  readonly passes: boolean;
}

export interface LongOptions {
  readonly minutes: number;
  readonly home: string;
  readonly owner: Owner;
  say(line: string): void;
}

export const group = (count: number): string => Math.round(count).toLocaleString('en-US');
