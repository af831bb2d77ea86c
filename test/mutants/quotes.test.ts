// Edits of a source file break mutants that quote it: this test names the file and the quote at once.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { mutants } from './all.ts';
import { mutatedSource } from './mutant.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const FEWEST = 122;

test('every mutant quotes text that stands exactly once in its file', () => {
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

test('no mutant is lost', () => assert.ok(mutants.length >= FEWEST, `${mutants.length} mutants`));
