import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROTECTIONS } from '../../harness/model/protection.ts';
import { isEnding, LEVELS, ATTACKS as ROWS } from '../../report/tampering/words.ts';
import { ATTACKS, attackMetrics } from '../../scenarios/attacks.ts';
import { CHANGES } from '../../scenarios/tampering.ts';

test('the report knows every attack, level and ending of the scenarios', () => {
  assert.deepEqual(ROWS.map(({ id }) => id).sort(), Object.keys(ATTACKS).sort());
  assert.deepEqual(
    LEVELS.map(({ id }) => id),
    [...PROTECTIONS],
  );
  assert.deepEqual(ROWS.flatMap(({ computed }) => computed ?? []).sort(), [...CHANGES].sort());
  for (const metric of Object.keys(attackMetrics)) assert.ok(isEnding(metric), metric);
  for (const { label } of ROWS) assert.ok(label.length <= 24, label);
});
