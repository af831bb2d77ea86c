// Sequences of symbols that share what they begin with.
import { programOf } from './program.ts';

export interface Node<T> {
  readonly symbols: Uint16Array;
  /** Symbol by which it is chosen. */
  readonly first: number;
  readonly program: Int32Array;
  /** No two of them begin with the same symbol. */
  readonly next: readonly Node<T>[];
  /** Of the sequence that ends here; null where none does. */
  readonly found: T | null;
}

const nodeOf = <T>(symbols: Uint16Array, next: readonly Node<T>[], found: T | null): Node<T> => ({
  symbols,
  first: symbols[0] ?? -1,
  program: programOf(symbols),
  next,
  found,
});

export const emptyTree = <T>(): Node<T> => nodeOf<T>(new Uint16Array(0), [], null);

const commonLength = (a: Uint16Array, b: Uint16Array): number => {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
};

/** The tree with one more sequence; it replaces what is found at the end of the same one. */
export const withSequence = <T>(node: Node<T>, sequence: Uint16Array, found: T): Node<T> => {
  const { symbols, next } = node;
  const common = commonLength(symbols, sequence);
  if (common < symbols.length) {
    const rest = nodeOf(symbols.subarray(common), next, node.found);
    return withSequence(nodeOf(symbols.subarray(0, common), [rest], null), sequence, found);
  }
  if (common === sequence.length) return nodeOf(symbols, next, found);
  const further = sequence.subarray(common);
  const at = next.findIndex(({ first }) => first === further[0]);
  if (at < 0) return nodeOf(symbols, [...next, nodeOf(further, [], found)], node.found);
  return nodeOf(symbols, next.with(at, withSequence(next[at]!, further, found)), node.found);
};
