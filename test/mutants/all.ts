// All mutants, from the list in the source folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, parseMutants } from './mutant.ts';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

export const mutants: readonly Mutant[] = parseMutants(
  readFileSync(join(root, 'test/mutants/mutants.txt'), 'utf8'),
);
