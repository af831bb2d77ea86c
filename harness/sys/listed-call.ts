// One call of a list, before its addresses are known.
import type { CallResult } from '../model/calls.ts';

/** What is no system call: the library's own steps between calls. */
export const PRINT = -1;
export const STORE = -2;
export const EXPECT = -3;

export const AGAIN = 1;
export const WHOLE = 2;
export const ALWAYS = 4;

/** A result that an earlier call of the same list gives. */
export class Result implements CallResult {
  readonly index: number;
  known: number | null = null;

  constructor(index: number) {
    this.index = index;
  }

  get value(): number {
    if (this.known === null)
      throw new Error('a call of this list was asked for its result before it was made');
    return this.known;
  }
}

/** Bytes whose address is the argument, or a place inside of them. */
export interface Place {
  readonly bytes: Buffer;
  readonly at: number;
}

/** A string is the address of its bytes with a NUL; bytes are their address. */
export type Argument = number | string | Result | Uint8Array | Place;

export interface ListedCall {
  readonly number: number;
  readonly args: readonly Argument[];
  readonly flags?: number;
  /** The errno that is the wanted outcome; success is "not yet". */
  readonly wanted?: number;
  readonly notYet?: number;
  /** Its result is a descriptor. */
  readonly opens?: boolean;
  /** It closes this one. */
  readonly closes?: Result;
  /** Throws what its failure means to a person; returns where the whole list is to be built and made once more. */
  readonly refuse: (errno: number) => void;
}
