import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  between,
  emptyTally,
  mergedMarkdown,
  originOf,
  type TableRow,
  TRIAL_MARKERS,
  tableIn,
  tableText,
} from './table.ts';

const ROWS = [
  { trial: { id: 'kill-tar', title: 'kill -9 of `tar`' }, tally: { ...emptyTally(), tried: 1200 } },
  {
    trial: { id: 'sigint', title: 'Ctrl-C' },
    tally: { tried: 3, found: { ...emptyTally().found, hang: 2 }, slowestMs: 1234 },
  },
];

const TITLES = [{ title: 'kill -9 of `tar`' }, { title: 'SIGTERM' }, { title: 'Ctrl-C' }];

test('rows replace those of the same kinds between the markers of a document, and are read back', () => {
  const { start, end } = TRIAL_MARKERS;
  const document = `before\n${start}\nold\n${end}\nafter\n`;
  const write = (text: string, rows: readonly TableRow[], origin: string): string =>
    between(text, TRIAL_MARKERS, mergedMarkdown(text, { rows, origin }, TITLES));
  const earlier = [
    { ...ROWS[1]!, tally: emptyTally() },
    { ...ROWS[0]!, tally: { ...emptyTally(), tried: 1 } },
  ];
  const written = write(
    write(document, [...earlier, ROWS[1]!], 'old, 2026-01-02'),
    [ROWS[0]!],
    'new, 2026-01-03',
  );
  assert.ok(written.startsWith(`before\n${start}\n|`) && written.endsWith(`\n${end}\nafter\n`));
  assert.ok(!written.includes('old\n'));
  assert.deepEqual(tableIn(written, TRIAL_MARKERS), [
    ['kill -9 of `tar`', '1,200', '0', '0', '0', '0', '0', '', 'new, 2026-01-03'],
    ['Ctrl-C', '3', '0', '0', '0', '2', '0', '1.2 s', 'old, 2026-01-02'],
  ]);
  assert.throws(() => between('no markers', TRIAL_MARKERS, ''), /no lines/);
});

test('a row names the commit that gave it, and its date', () => {
  const at = new Date('2026-01-02T23:00:00Z');
  assert.equal(originOf('1a2b3c4d5e6f', at), '1a2b3c4d5e6f, 2026-01-02');
  assert.equal(originOf(null, at), 'unknown, 2026-01-02');
});

test('the table of a terminal has a line for each trial', () => {
  assert.equal(tableText(ROWS).trimEnd().split('\n').length, 2 + ROWS.length);
});
