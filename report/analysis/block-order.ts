// The values of a row in the order of its blocks.
import type { ByBlock } from '../../results/stats/log-ratio.ts';

/** Those of the last look. More are joined: a chart has no room for them, and a page none for their table. */
const MOST_BLOCKS = 48;
/** Positions of joined blocks, two marks each. */
const JOINED_POSITIONS = MOST_BLOCKS / 2;

export interface BlockOrder {
  /** Blocks of one position: 1, or more where there are more than `MOST_BLOCKS`. */
  readonly joined: number;
  /** Blocks with a value of any arm. */
  readonly blockCount: number;
  /** Per arm: position from 1, and its value; of joined blocks the smallest and the largest. */
  readonly inOrder: readonly (readonly (readonly [position: number, value: number])[])[];
}

const endsOf = (values: readonly number[]): readonly number[] => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? [least] : [least, most];
};

/** Block numbers have gaps between sessions and between runs; positions have none, and are the same for all arms. */
export const blockOrder = (arms: readonly ByBlock[]): BlockOrder => {
  const blocks = [...new Set(arms.flatMap((byBlock) => [...byBlock.keys()]))].sort((a, b) => a - b);
  const joined = blocks.length <= MOST_BLOCKS ? 1 : Math.ceil(blocks.length / JOINED_POSITIONS);
  const places = Array.from({ length: Math.ceil(blocks.length / joined) }, (_, index) =>
    blocks.slice(index * joined, (index + 1) * joined),
  );
  return {
    joined,
    blockCount: blocks.length,
    inOrder: arms.map((byBlock) =>
      places.flatMap((place, index) => {
        const values = place.flatMap((block) => byBlock.get(block) ?? []);
        return values.length === 0 ? [] : endsOf(values).map((value) => [index + 1, value] as const);
      }),
    ),
  };
};
