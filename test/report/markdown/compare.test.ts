import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareMarkdown } from '../../../report/markdown/compare.ts';
import type { Comparison } from '../../../results/gate/compare.ts';
import type { ExactResult } from '../../../results/gate/exact.ts';
import type { Gate } from '../../../results/gate/gate.ts';
import { visible } from '../../../results/visible.ts';
import { HOSTILE } from '../../results/exports/support.ts';
import { tablesIn } from './support.ts';

const counted = (image: string, call: string, head: number): ExactResult => ({
  place: { scenario: 'churn', params: 'store=full', image, arm: 'erofs-overlay' },
  counted: { kind: 'call', phase: 'mount', actor: 'harness', call },
  noise: 'exact',
  status: head > 1 ? 'worse' : 'better',
  base: { least: 1, most: 1, passes: 3 },
  head: { least: head, most: head, passes: 3 },
  because: [],
});

const comparison = (parts: Partial<Comparison> = {}): Comparison => ({
  kind: 'two runs',
  base: 'main',
  head: 'branch',
  exact: [],
  latencies: { rows: [], gatedCount: 0, neededBlocks: 8 },
  baseLatencies: null,
  environment: [],
  notices: [],
  ...parts,
});

const red = (rows: readonly ExactResult[]): Gate => ({
  exit: 2,
  why: `${rows.length} rows worse than the base`,
  red: rows.map((row) => ({ kind: 'exact', row })),
  allowed: [],
  undecided: [],
});

test('the verdict, then what is worse, then what is better', () => {
  const [worse, better] = [counted('one', 'openat', 2), counted('one', 'close', 0)];
  const markdown = compareMarkdown(comparison({ exact: [better, worse] }), red([worse]));
  assert.match(markdown, /^### cfsbench: <code>main<\/code> → <code>branch<\/code>\n\n❌ \*\*1 rows worse/);
  const tables = tablesIn(markdown);
  assert.deepEqual(
    tables.map(({ rows }) => rows),
    [
      [['churn, store=full, one, erofs-overlay', 'mount: harness: openat', '1 -> 2 (+1)']],
      [['churn, store=full, one, erofs-overlay', 'mount: harness: close', '1 -> 0 (-1)']],
    ],
  );
});

test('below 60,000 characters whatever comes in, and it says what is missing', () => {
  const long = '|'.repeat(5000);
  const rows = Array.from({ length: 20_000 }, (_, at) => counted(`${HOSTILE}${long}${at}`, `c${at}`, at % 3));
  const notices = Array.from({ length: 3000 }, () => `${HOSTILE}${long}`);
  const markdown = compareMarkdown(
    comparison({ exact: rows, notices, environment: notices, base: long, head: long }),
    red(rows),
  );
  assert.ok(markdown.length < 60_000, `${markdown.length}`);
  const shown = tablesIn(markdown).reduce((sum, table) => sum + table.rows.length, 0);
  assert.ok(shown > 0);
  assert.match(markdown, /\d+ rows are left out to stay below 60000 characters/);
});

test('a hostile name is text in its cell', () => {
  const row = counted(visible(HOSTILE), 'openat', 2);
  const [table] = tablesIn(compareMarkdown(comparison({ exact: [row] }), null));
  assert.ok(table!.rows[0]![0]!.includes('a|b`c` <b>&amp;</b>'));
  assert.equal(table!.rows[0]!.length, 3);
});
