import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, emptyTally, TRIAL_MARKERS, tableIn, tableMarkdown, tableText } from './table.ts';

const ROWS = [
  { trial: { id: 'kill-tar', title: 'kill -9 of `tar`' }, tally: { ...emptyTally(), tried: 1200 } },
  {
    trial: { id: 'sigint', title: 'Ctrl-C' },
    tally: { tried: 3, found: { ...emptyTally().found, hang: 2 }, slowestMs: 1234 },
  },
];

test('a table replaces the one between the markers of a document, and is read back', () => {
  const { start, end } = TRIAL_MARKERS;
  const document = `before\n${start}\nold\n${end}\nafter\n`;
  const written = between(document, TRIAL_MARKERS, tableMarkdown(ROWS));
  assert.ok(written.startsWith(`before\n${start}\n|`) && written.endsWith(`\n${end}\nafter\n`));
  assert.ok(!written.includes('old'));
  assert.deepEqual(tableIn(written, TRIAL_MARKERS), [
    ['kill -9 of `tar`', '1,200', '0', '0', '0', '0', '0', ''],
    ['Ctrl-C', '3', '0', '0', '0', '2', '0', '1.2 s'],
  ]);
  assert.throws(() => between('no markers', TRIAL_MARKERS, ''), /no lines/);
});

test('the table of a terminal has a line for each trial', () => {
  assert.equal(tableText(ROWS).trimEnd().split('\n').length, 2 + ROWS.length);
});
