// The table of other people's systems names every backend, and no other.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { backends } from '../../harness/backends/registry.ts';

const ROWS = readFileSync('docs/systems.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| system '))
  .map((line) => line.split('|').map((cell) => cell.trim()));

test('every backend stands in docs/systems.md once, and every row there is a backend', () => {
  const named = ROWS.flatMap(([, , row = '']) => [...row.matchAll(/`([^`]+)`/g)].map(([, id]) => id!));
  assert.deepEqual(named.sort(), backends.map(({ id }) => id).sort());
});

test('every row of docs/systems.md says what happens and which command shows it', () => {
  assert.ok(ROWS.length > 10);
  for (const [, system, , here, elsewhere, command] of ROWS) {
    assert.match(here ?? '', /^(?:works|does not work|never merged)/, system);
    assert.ok(elsewhere !== '', system);
    assert.match(command ?? '', /`cfsbench (?:run|doctor)/, system);
  }
});
