// Properties with fast-check. Inputs that broke a property once lie in the folder `corpus`, as KIND-WHAT, and are tried first.
//
// CFSBENCH_PROPERTY_RUNS=N makes N runs of each property from a random seed, which a failure prints; by default runs and seed are fixed.
import assert from 'node:assert/strict';
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

interface HostileInputs {
  readonly kind: string;
  readonly usualRuns: number;
  /** Of all inputs, those that must be accepted: a property of accepted inputs holds also where all are refused. */
  readonly leastShare: number;
}

/**
 * Tries the corpus of this kind, then further inputs. Writes an input that breaks the property to a file. `accepts` checks the
 * property and returns whether the input was accepted.
 */
export const forAllBytes = async (
  { kind, usualRuns, leastShare }: HostileInputs,
  inputs: fc.Arbitrary<Buffer>,
  accepts: (input: Buffer) => boolean | Promise<boolean>,
): Promise<void> => {
  let accepted = 0;
  const details = await fc.check(
    fc.asyncProperty(inputs, async (input) => {
      if (await accepts(input)) accepted++;
    }),
    { ...parametersOf(usualRuns), examples: known(kind) },
  );
  if (!details.failed) {
    const least = Math.floor(leastShare * details.numRuns);
    assert.ok(accepted >= least, `${accepted} of ${details.numRuns} inputs accepted, at least ${least}`);
    return;
  }
  const input = details.counterexample?.[0] ?? Buffer.alloc(0);
  const name = `${kind}-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`;
  const path = join(tmpdir(), name);
  writeFileSync(path, input);
  throw new Error(
    `${fc.defaultReportMessage(details)}\nThe input is ${path}. Repair the code, and move the input to test/harness/properties/corpus.`,
    { cause: details.errorInstance },
  );
};
