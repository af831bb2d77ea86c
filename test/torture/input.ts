// A trial of inputs: a number of damaged or hostile files, each given to commands that must end with a sentence.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Random } from '../../harness/model/random.ts';
import type { Finished } from '../end-to-end/support.ts';
import { randomDump } from '../harness/erofs/random-dump.ts';
import { crashesIn, endWithin, finding, when } from './checks.ts';
import { openSmallRun, type SmallRun, startCommand } from './small-run.ts';
import type { Attempt, AttemptEnd, Finding, Trial } from './trial.ts';

export const COMMAND_LIMIT_MS = 60_000;
/** Of one attempt. */
export const INPUTS = 8;
const LARGEST_SEED = 2 ** 31 - 1;

export const sampleOf = (random: Random, inputs: fc.Arbitrary<Buffer>): readonly Buffer[] =>
  fc.sample(inputs, { seed: random.int(0, LARGEST_SEED), numRuns: INPUTS });

export const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[random.int(0, items.length - 1)]!;

/** Everything but newlines and tabs below a blank, and what a terminal understands above it. */
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;

export const hasControls = (printed: string): boolean =>
  CONTROLS.test(Buffer.from(printed, 'latin1').toString('utf8'));

interface Refusals {
  /** Exit codes with which the command may end. */
  readonly codes: readonly number[];
  readonly args: readonly string[];
}

const checkCommand = (
  args: readonly string[],
  end: Finished,
  codes: readonly number[],
): readonly Finding[] => {
  const what = `cfsbench ${args.join(' ')}`;
  return [
    ...when(!codes.includes(end.code ?? -1), 'exit', `${what}: exit code ${end.code}`),
    ...when(end.code !== 0 && !end.stderr.startsWith('cfsbench: '), 'exit', `${what}: no sentence`),
    ...when(hasControls(end.stdout + end.stderr), 'crash', `${what}: control characters are printed`),
    ...crashesIn(end),
  ];
};

/** Ends with a documented exit code and a sentence, prints nothing that a terminal obeys, and leaves no temporary file. */
export const tryCommand = async (
  attempt: Attempt,
  run: SmallRun,
  { args, codes }: Refusals,
): Promise<readonly Finding[]> => {
  const end = await endWithin(startCommand(attempt, run, args).done, COMMAND_LIMIT_MS);
  if (end === null) return [finding('hang', `cfsbench ${args.join(' ')}: no end`)];
  attempt.note(`$ cfsbench ${args.join(' ')}\n${end.code}\n${end.stderr}`);
  const left = readdirSync(run.temporary);
  return [
    ...checkCommand(args, end, codes),
    ...when(left.length > 0, 'leak', `${args[0]} left ${left.join(', ')} in TMPDIR`),
  ];
};

export interface TriedInput {
  readonly bytes: Buffer;
  readonly at: number;
  readonly run: SmallRun;
  readonly attempt: Attempt;
}

/** A number of inputs, one after another. Those with findings are kept with the log. */
export const inputTrial = (
  id: string,
  title: string,
  inputsOf: (random: Random) => readonly Buffer[],
  tryInput: (input: TriedInput) => Promise<readonly Finding[]>,
): Trial => ({
  id,
  section: 'inputs',
  title,
  count: 40,
  shortCount: 1,
  async attempt(attempt): Promise<AttemptEnd> {
    const run = openSmallRun(attempt);
    const findings: Finding[] = [];
    const inputs = inputsOf(attempt.random);
    mkdirSync(run.out);
    for (const [at, bytes] of inputs.entries()) {
      const found = await tryInput({ bytes, at, run, attempt });
      if (found.length > 0) writeFileSync(join(run.out, `input-${at}`), bytes);
      findings.push(...found);
    }
    return { kind: 'done', findings, tried: inputs.length };
  },
});

export const dumpText = (random: Random): Buffer =>
  Buffer.from(`${randomDump(`torture ${random.int(0, LARGEST_SEED)}`).join('\n')}\n`, 'latin1');

export const READ: readonly number[] = [0, 1];

/** The image of a dump is built only if the dump is valid. */
export const buildFrom = async (
  source: string,
  { run, attempt, at }: TriedInput,
): Promise<readonly Finding[]> => {
  const out = join(run.home, `image-${at}`);
  const found = await tryCommand(attempt, run, { args: ['image', 'build', source, out], codes: READ });
  const stray = readdirSync(run.home).filter(
    (name) => name.startsWith(`image-${at}`) && name !== `image-${at}`,
  );
  return [...found, ...when(stray.length > 0, 'leak', `image build left ${stray.join(', ')}`)];
};

const outside = new Set<string>();
process.once('exit', () => {
  for (const path of outside) rmSync(path, { force: true });
});

/** A file outside a folder, for links out of it: never one of the machine, which a write through the link would change. */
export const outsideOf = (folder: string): string => {
  const path = `${folder}-outside`;
  writeFileSync(path, 'outside');
  outside.add(path);
  return path;
};
