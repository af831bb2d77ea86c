// `cfsbench compare --confirm`: rows that came out slower are measured once more, in a fresh process, before they count as worse.
import { existsSync } from 'node:fs';
import { compareArms } from '../../results/gate/compare.ts';
import type { GateConfig } from '../../results/gate/config.ts';
import { placeKey } from '../../results/gate/exact-rows.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import { type LoadedRun, loadRun } from '../../results/gate/load.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { UserError } from '../model/errors.ts';
import { AGAIN } from '../runner/arm.ts';
import { INTERRUPTED_EXIT, interruptedError } from '../sys/interrupts.ts';
import { runChild } from './child-run.ts';

/** For runs that do not record their looks. */
const DEFAULT_BLOCKS = 12;

const keyOf = (row: LatencyResult): string => `${placeKey(row.place)} ${row.metric}`;

const withoutSuffix = (arm: string): string => (arm.endsWith(AGAIN) ? arm.slice(0, -AGAIN.length) : arm);

/** Options of the run that change what is measured, with the values that were typed. */
const repeatedOptions = (run: RunFile): readonly string[] => {
  const typed = run.asked?.options ?? {};
  const { budget } = typed;
  return [
    ...['placement', 'lives'].flatMap((name) =>
      typed[name] === undefined ? [] : [`--${name}`, String(typed[name])],
    ),
    // A profile's own budget may be too short on a busy machine.
    ...(typeof budget === 'number' ? ['--budget', `${Math.ceil(budget / 1e9)}s`] : []),
  ];
};

const argumentsFor = (run: RunFile, slower: readonly LatencyResult[], out: string): readonly string[] => {
  const scenarios = [...new Set(slower.map(({ place }) => place.scenario))];
  const images = [...new Set(slower.map(({ place }) => place.image))].map(
    (name) => run.images.find((image) => image.name === name)?.source ?? name,
  );
  return [
    'run',
    ...['--ab', ...run.plan.ab!.map(withoutSuffix)],
    ...['--profile', run.plan.profile],
    ...['--scenarios', scenarios.join(',')],
    ...['--images', images.join(',')],
    ...['--blocks', String(run.plan.looks?.[0] ?? DEFAULT_BLOCKS)],
    ...repeatedOptions(run),
    ...['--out', out],
  ];
};

const measureAgain = async (
  { run }: LoadedRun,
  slower: readonly LatencyResult[],
  out: string,
): Promise<void> => {
  const argv = argumentsFor(run, slower, out);
  process.stderr.write(`Measuring ${slower.length} slower row(s) again: cfsbench ${argv.join(' ')}\n`);
  const cwd = run.asked?.cwd;
  const code = await runChild(argv, cwd !== undefined && existsSync(cwd) ? cwd : process.cwd());
  if (code === INTERRUPTED_EXIT) throw interruptedError();
  if (code !== 0)
    throw new UserError(`the confirmation run failed with exit code ${code}`, {
      facts: [`results: ${out}`],
      hint: 'cfsbench compare without --confirm, or measure on a quieter machine',
      exit: 5,
    });
};

/** Returns whether a row was not slower when measured again. */
export const confirm = async (
  head: LoadedRun,
  slower: readonly LatencyResult[],
  config: GateConfig,
): Promise<(row: LatencyResult) => boolean> => {
  if (slower.length === 0) return () => false;
  const out = `${head.folder.replace(/\/+$/, '')}-confirm`;
  if (existsSync(out))
    throw new UserError(`the folder of the confirmation run already exists: ${out}`, {
      hint: `remove it, or compare it: cfsbench compare ${out}`,
    });
  await measureAgain(head, slower, out);
  const again = compareArms(await loadRun(out), { config });
  const slowerAgain = new Set(again.latencies.rows.filter(({ verdict }) => verdict === 'slower').map(keyOf));
  return (row) => !slowerAgain.has(keyOf(row));
};
