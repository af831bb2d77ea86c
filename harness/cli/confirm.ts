// `cfsbench compare --confirm`: rows that came out slower are measured once more, in a fresh process, before they count as worse.

import { existsSync, realpathSync } from 'node:fs';
import type { Verdict } from '../../results/compare/verdict.ts';
import { compareArms } from '../../results/gate/compare.ts';
import type { GateConfig } from '../../results/gate/config.ts';
import { placeKey } from '../../results/gate/exact-rows.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import { type LoadedRun, loadRun } from '../../results/gate/load.ts';
import { RUN_FILE } from '../../results/journal.ts';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { backends } from '../backends/registry.ts';
import { UserError } from '../model/errors.ts';
import { AGAIN } from '../runner/arm.ts';
import { publishedArgument } from '../runner/published-path.ts';
import { openFolder } from '../sys/folder-lock.ts';
import { INTERRUPTED_EXIT, interruptedError } from '../sys/interrupts.ts';
import { runChild } from './child-run.ts';
import { imageList } from './option-values.ts';
import { recordedOptions } from './options.ts';
import { PRIVATE_FILE, type PrivateOptions, readPrivate } from './private-file.ts';
import { workParentOf } from './resume.ts';
import { refuseOtherMachineEarly } from './same-machine.ts';
import { refuseForeign, refuseUntrusted } from './trust.ts';

const keyOf = (row: LatencyResult): string => `${placeKey(row.place)} ${row.metric}`;

const withoutSuffix = (arm: string): string => (arm.endsWith(AGAIN) ? arm.slice(0, -AGAIN.length) : arm);

/** Options of the run that change the measurement, with the values that were typed. */
const repeatedOptions = (typed: PrivateOptions['options']): readonly string[] => {
  const { budget } = typed;
  return [
    ...['placement', 'lives', 'work'].flatMap((name) =>
      typed[name] === undefined ? [] : [`--${name}`, String(typed[name])],
    ),
    ...(typed['allowTmpfs'] === true ? ['--allow-tmpfs'] : []),
    // A profile's own budget may be too short on a busy machine.
    ...(typeof budget === 'number' ? ['--budget', `${Math.ceil(budget / 1e9)}s`] : []),
  ];
};

/** Options, arms and image sources as they were typed; results have their paths as published. */
interface TypedNames extends PrivateOptions {
  readonly arms: readonly string[];
  sourceOf(image: string): string;
}

const typedNames = ({ folder, run }: LoadedRun): TypedNames => {
  // Runs of older versions record neither working directory nor options.
  const { cwd, options } = readPrivate(folder, run) ?? { cwd: process.cwd(), options: {} };
  const { ab, images } = recordedOptions(options);
  const sources = images === undefined ? [] : imageList(images);
  return {
    cwd,
    options,
    arms: ab ?? run.plan.ab!.map(withoutSuffix),
    sourceOf(image) {
      const source = run.images.find(({ name }) => name === image)?.source ?? image;
      return sources.find((typed) => publishedArgument(typed, cwd) === source) ?? source;
    },
  };
};

/** Of the confirming run: one, also with a profile of several. */
export const argumentsFor = (
  { run }: Pick<LoadedRun, 'run'>,
  slower: readonly LatencyResult[],
  { names, out }: { readonly names: TypedNames; readonly out: string },
): readonly string[] => {
  const scenarios = [...new Set(slower.map(({ place }) => place.scenario))];
  const images = [...new Set(slower.map(({ place }) => place.image))].map(names.sourceOf);
  return [
    'run',
    ...['--ab', ...names.arms],
    ...['--profile', run.plan.profile, '--runs', '1'],
    ...['--scenarios', scenarios.join(',')],
    ...['--images', images.join(',')],
    // As many as the row had that needed most: fewer may not show the same difference.
    ...['--blocks', String(Math.max(...slower.map(({ n }) => n)))],
    ...repeatedOptions(names.options),
    ...['--out', out],
  ];
};

/** A name that is no arm could be taken for an option of the confirming run. */
const refuseOdd = (arms: readonly string[]): void => {
  const odd = arms.find((arm) => !backends.some(({ id }) => arm === id || arm.startsWith(`${id}@`)));
  if (odd !== undefined) throw new UserError(`unknown backend '${visible(odd)}'`, { hint: 'cfsbench list' });
};

/** The confirming run takes programs and folders from the run, and is compared with it. */
const refuseUnknown = ({ folder, run }: LoadedRun, names: TypedNames, trustRun: boolean): void => {
  const { cwd, options, arms } = names;
  const question = { command: shellLine(['cfsbench', 'compare', folder, '--gate', '--confirm']), folder };
  const opened = openFolder(realpathSync(folder));
  try {
    refuseForeign(question, opened, [RUN_FILE, PRIVATE_FILE]);
  } finally {
    opened.close();
  }
  refuseOdd(arms);
  refuseOtherMachineEarly({ run, runDir: folder, doing: 'confirm' }, workParentOf(names, folder));
  refuseUntrusted(question, { cwd, options: { ab: arms, work: options['work'] } }, { trustRun });
};

const measureAgain = async (
  head: LoadedRun,
  slower: readonly LatencyResult[],
  { names, out }: { readonly names: TypedNames; readonly out: string },
): Promise<void> => {
  const argv = argumentsFor(head, slower, { names, out });
  process.stderr.write(
    `Measuring ${slower.length} slower row(s) again: ${visible(shellLine(['cfsbench', ...argv]))}\n`,
  );
  const code = await runChild(argv, names.cwd);
  if (code === INTERRUPTED_EXIT) throw interruptedError();
  if (code !== 0)
    throw new UserError(`the confirmation run failed with exit code ${code}`, {
      facts: [`results: ${out}`],
      hint: 'cfsbench compare without --confirm, or measure on a quieter machine',
      exit: 5,
    });
};

/** A row that is absent, undecided or has too few blocks refutes nothing. */
const REFUTES: readonly Verdict[] = ['same', 'belowFloor', 'faster'];

/** True for a row that was measured again and is shown not to be slower. */
export const refutedBy = (again: readonly LatencyResult[]): ((row: LatencyResult) => boolean) => {
  const verdicts = new Map(again.map((row) => [keyOf(row), row.verdict]));
  return (row) => {
    const verdict = verdicts.get(keyOf(row));
    return REFUTES.some((one) => one === verdict);
  };
};

/** Returns whether a row is shown not to be slower when measured again. */
export const confirm = async (
  head: LoadedRun,
  slower: readonly LatencyResult[],
  { config, trustRun }: { readonly config: GateConfig; readonly trustRun: boolean },
): Promise<(row: LatencyResult) => boolean> => {
  if (slower.length === 0) return () => false;
  const names = typedNames(head);
  refuseUnknown(head, names, trustRun);
  const out = `${head.folder.replace(/\/+$/, '')}-confirm`;
  if (existsSync(out))
    throw new UserError(`the folder of the confirmation run already exists: ${out}`, {
      hint: `remove it, or compare it: ${shellLine(['cfsbench', 'compare', out])}`,
    });
  await measureAgain(head, slower, { names, out });
  return refutedBy(compareArms(await loadRun(out), { config }).latencies.rows);
};
