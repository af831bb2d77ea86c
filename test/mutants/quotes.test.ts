// Names the mutant whose quoted text an edit has changed: correct the line in mutants.txt.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mutants, root } from './all.ts';
import { mutatedSource } from './mutant.ts';

test('every mutant quotes text that occurs exactly once in its file', () => {
  const problems = mutants.flatMap((mutant) => {
    try {
      const source = readFileSync(join(root, mutant.file), 'utf8');
      return mutatedSource(source, mutant) === source ? [`${mutant.name}: changes nothing`] : [];
    } catch (error) {
      return [`${mutant.name}: ${(error as Error).message}`];
    }
  });
  assert.deepEqual(problems, []);
});

test('every mutant names test files that exist', () => {
  const missing = [...new Set(mutants.flatMap(({ tests }) => tests))].filter(
    (name) => !existsSync(join(root, 'test', `${name}.test.ts`)),
  );
  assert.deepEqual(missing, []);
});
