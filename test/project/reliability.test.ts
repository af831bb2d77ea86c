// The tables of docs/reliability.md are those that `npm run torture` wrote, and hold what they say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRunLength } from '../torture/moment.ts';
import { trialsOf } from '../torture/registry.ts';
import { LONG_MARKERS, ORIGIN, TRIAL_MARKERS, tableIn } from '../torture/table.ts';
import { COLUMNS } from '../torture/trial.ts';
import { read } from './sources.ts';

const DOCUMENT = read('docs/reliability.md');
const TRIALS = trialsOf(openRunLength());

test('the table of trials has a row for each kind, in order, with at least one trial', () => {
  const rows = tableIn(DOCUMENT, TRIAL_MARKERS);
  assert.deepEqual(
    rows.map(([title]) => title),
    TRIALS.map(({ title }) => title),
  );
  for (const [title, tried = ''] of rows) assert.match(tried, /^[1-9][\d,]*$/, title);
});

test('leaks, lost samples, crashes, hangs and wrong exit codes are zero in every row', () => {
  const zeros = Object.keys(COLUMNS).map(() => '0');
  for (const row of tableIn(DOCUMENT, TRIAL_MARKERS))
    assert.deepEqual(row.slice(2, 2 + zeros.length), zeros, row[0]);
});

test('every row names the commit that gave it, or says that it is unknown', () => {
  for (const markers of [TRIAL_MARKERS, LONG_MARKERS]) {
    assert.ok(DOCUMENT.includes(` | ${ORIGIN} |\n`));
    for (const row of tableIn(DOCUMENT, markers))
      assert.match(row.at(-1)!, /^(?:unknown|(?:unknown|[0-9a-f]{12}(?:\+\w+)?), \d{4}-\d\d-\d\d)$/, row[0]);
  }
});

test('there are 200 kills or more', () => {
  const kills = new Set(TRIALS.filter(({ id }) => id.startsWith('kill-')).map(({ title }) => title));
  const tried = tableIn(DOCUMENT, TRIAL_MARKERS)
    .filter(([title = '']) => kills.has(title))
    .reduce((sum, [, count = '']) => sum + Number(count.replaceAll(',', '')), 0);
  assert.ok(tried >= 200, String(tried));
});

test('every trial that a promise names exists', () => {
  const ids = new Set(TRIALS.map(({ id }) => id));
  const named = [...DOCUMENT.matchAll(/trials? ((?:`[a-z-]+`(?:, )?)+)/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/`([a-z-]+)`/g)].map(([, id = '']) => id),
  );
  assert.deepEqual(
    named.filter((id) => !ids.has(id)),
    [],
  );
  assert.ok(named.length > 20);
});

test('the table of long runs has at least three rows', () => {
  assert.ok(tableIn(DOCUMENT, LONG_MARKERS).length >= 3);
});
