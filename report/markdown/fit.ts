// Markdown within a limit: the most important first, and a line that says what did not fit.

/** GitHub takes 65,536 characters in a comment. */
export const LIMIT = 60_000;
const RESERVE = 500;

export interface Block {
  /** Lines before the rows; shown with at least one row, or alone if there are none. */
  readonly head: readonly string[];
  readonly rows: readonly string[];
  readonly tail: readonly string[];
}

const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0);

/** Blocks in the order of importance; the rows of a block likewise. */
export const fitted = (blocks: readonly Block[], limit = LIMIT): string => {
  const out: string[] = [];
  let room = limit - RESERVE;
  let left = 0;
  for (const { head, rows, tail } of blocks) {
    const frame = lengthOf(head) + lengthOf(tail);
    const first = rows[0] === undefined ? 0 : lengthOf([rows[0]]);
    if (frame + first > room) {
      left += Math.max(1, rows.length);
      continue;
    }
    room -= frame;
    let shown = 0;
    for (const row of rows) {
      if (lengthOf([row]) > room) break;
      room -= lengthOf([row]);
      shown++;
    }
    left += rows.length - shown;
    out.push(...head, ...rows.slice(0, shown), ...tail);
  }
  if (left > 0) out.push('', `${left} rows are left out to stay below ${limit} characters.`);
  return `${out.join('\n')}\n`;
};

/** Columns named here hold words, all others numbers. */
export const table = (head: readonly string[], words: readonly string[] = head): readonly string[] => [
  `| ${head.join(' | ')} |`,
  `| ${head.map((title) => (words.includes(title) ? '---' : '---:')).join(' | ')} |`,
];

export const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export const folded = (summary: string, block: Block): Block => ({
  head: ['', '<details>', `<summary>${summary}</summary>`, '', ...block.head],
  rows: block.rows,
  tail: [...block.tail, '', '</details>'],
});
