// A set of numbers that mostly follow each other, in a bit each. A Set of JavaScript takes about 36 bytes for a number.

export interface NumberSet {
  has(number: number): boolean;
  /** A non-negative integer. */
  add(number: number): void;
}

const PAGE_BITS = 8192;

/** Pages without a number take no memory, so that a single large number does not either. */
export const createNumberSet = (): NumberSet => {
  const pages = new Map<number, Uint8Array>();
  const pageOf = (number: number): number => Math.floor(number / PAGE_BITS);
  const byteOf = (number: number): number => Math.floor((number % PAGE_BITS) / 8);
  const maskOf = (number: number): number => 1 << (number % 8);
  return {
    has(number) {
      const page = pages.get(pageOf(number));
      return page !== undefined && (page[byteOf(number)]! & maskOf(number)) !== 0;
    },
    add(number) {
      const page = pages.get(pageOf(number)) ?? new Uint8Array(PAGE_BITS / 8);
      pages.set(pageOf(number), page);
      page[byteOf(number)]! |= maskOf(number);
    },
  };
};
