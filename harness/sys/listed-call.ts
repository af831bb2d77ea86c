// One call of a call list.
import type { CallResult, Fd } from '../model/calls.ts';

/** Steps of the library between system calls. */
export const PRINT = -1;
export const STORE = -2;
export const EXPECT = -3;

export const AGAIN = 1;
export const WHOLE = 2;
export const ALWAYS = 4;
/** Set for calls that open; only workers read it. */
export const OPENS = 8;
/** Repeated until the result is 0. */
export const TO_END = 16;

/** The result of an earlier call of the same list. */
export class Result implements CallResult {
  readonly index: number;
  known: number | null = null;

  constructor(index: number) {
    this.index = index;
  }

  get value(): number {
    if (this.known === null) throw new Error('the result of a call was read before the list was made');
    return this.known;
  }
}

/** An address inside a buffer. */
interface BufferAddress {
  readonly bytes: Buffer;
  readonly at: number;
}

/** Strings and bytes are passed by address; strings with a NUL. */
export type Argument = number | string | Result | Uint8Array | BufferAddress;

export const argumentOf = (fd: Fd): Argument => (fd instanceof Result ? fd : (fd as number));

export interface ListedCall {
  readonly number: number;
  readonly args: readonly Argument[];
  readonly flags?: number;
  /** The errno that counts as success; a successful call means "not yet". */
  readonly wanted?: number;
  /** The errno that means "not yet". */
  readonly notYet?: number;
  /** The result is a descriptor. */
  readonly opens?: boolean;
  /** The descriptor that it closes. */
  readonly closes?: Result;
  /** Throws the error for a failure. Returns if the list must be built and made again. */
  readonly onFailure: (errno: number) => void;
}
