// Properties with fast-check. Inputs that broke a property once lie in the folder `corpus`, as KIND-WHAT, and are tried first.
//
// CFSBENCH_PROPERTY_RUNS=N makes N runs of each property from a random seed, which a failure prints; by default runs and seed are fixed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';

const CORPUS = fileURLToPath(new URL('../../../../test/harness/properties/corpus/', import.meta.url));
const RUNS = process.env['CFSBENCH_PROPERTY_RUNS'];

const parametersOf = (usualRuns: number): { numRuns: number; seed?: number } =>
  RUNS === undefined ? { numRuns: usualRuns, seed: 1 } : { numRuns: Number(RUNS) };

/** Throws with the smallest value that `holds` does not accept. */
export const forAll = <T>(
  usualRuns: number,
  values: fc.Arbitrary<T>,
  holds: (value: T) => void | Promise<void>,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(values, async (value) => holds(value)),
    parametersOf(usualRuns),
  );

const known = (kind: string): [Buffer][] =>
  readdirSync(CORPUS)
    .filter((name) => name.startsWith(`${kind}-`))
    .map((name) => [readFileSync(join(CORPUS, name))]);

/** Tries the corpus of this kind, then further inputs. Writes an input that breaks the property to a file. */
export const forAllBytes = async (
  kind: string,
  usualRuns: number,
  inputs: fc.Arbitrary<Buffer>,
  holds: (input: Buffer) => void | Promise<void>,
): Promise<void> => {
  const details = await fc.check(
    fc.asyncProperty(inputs, async (input) => holds(input)),
    { ...parametersOf(usualRuns), examples: known(kind) },
  );
  if (!details.failed) return;
  const input = details.counterexample?.[0] ?? Buffer.alloc(0);
  const name = `${kind}-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`;
  const path = join(tmpdir(), name);
  writeFileSync(path, input);
  throw new Error(
    `${fc.defaultReportMessage(details)}\nThe input is ${path}. Repair the code, and move the input to test/harness/properties/corpus.`,
    { cause: details.errorInstance },
  );
};
