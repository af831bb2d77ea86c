// Sequences of symbols that share what they begin with.

export interface Node<T> {
  readonly symbols: Uint16Array;
  /** No two of them begin with the same symbol. */
  readonly next: readonly Node<T>[];
  /** Of the sequence that ends here; null where none does. */
  readonly found: T | null;
}

export const emptyTree = <T>(): Node<T> => ({ symbols: new Uint16Array(0), next: [], found: null });

const commonLength = (a: Uint16Array, b: Uint16Array): number => {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
};

/** The tree with one more sequence; it replaces what is found at the end of the same one. */
export const withSequence = <T>(node: Node<T>, symbols: Uint16Array, found: T): Node<T> => {
  const common = commonLength(node.symbols, symbols);
  const rest = symbols.subarray(common);
  if (common < node.symbols.length) {
    const old = { ...node, symbols: node.symbols.subarray(common) };
    const head = { symbols: symbols.subarray(0, common), next: [old], found: null };
    return rest.length === 0
      ? { ...head, found }
      : { ...head, next: [old, { symbols: rest, next: [], found }] };
  }
  if (rest.length === 0) return { ...node, found };
  const at = node.next.findIndex((one) => one.symbols[0] === rest[0]);
  const added = at < 0 ? { symbols: rest, next: [], found } : withSequence(node.next[at]!, rest, found);
  return { ...node, next: at < 0 ? [...node.next, added] : node.next.with(at, added) };
};
