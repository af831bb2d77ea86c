// One confirmation in a fresh process: what came out slower is measured once more, alone, before it is called worse.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { compareArms } from '../../results/gate/compare.ts';
import type { GateConfig } from '../../results/gate/config.ts';
import { placeKey } from '../../results/gate/exact-rows.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import { type LoadedRun, loadRun } from '../../results/gate/load.ts';
import { UserError } from '../model/errors.ts';
import { AGAIN } from '../runner/arm.ts';

/** Where the run does not say at which look it began. */
const FEWEST_BLOCKS = 12;

const keyOf = (row: LatencyResult): string => `${placeKey(row.place)} ${row.metric}`;

const rerun = (head: LoadedRun, slower: readonly LatencyResult[], out: string): void => {
  const { run } = head;
  const ab = run.plan.ab!.map((arm) => (arm.endsWith(AGAIN) ? arm.slice(0, -AGAIN.length) : arm));
  const scenarios = [...new Set(slower.map(({ place }) => place.scenario))];
  const images = [...new Set(slower.map(({ place }) => place.image))].map(
    (name) => run.images.find((image) => image.name === name)?.source ?? name,
  );
  const budgetNs = run.asked?.options['budget'];
  const argv = [
    process.argv[1]!,
    'run',
    '--ab',
    ...ab,
    '--profile',
    run.plan.profile,
    '--scenarios',
    scenarios.join(','),
    '--images',
    images.join(','),
    '--blocks',
    String(run.plan.looks?.[0] ?? FEWEST_BLOCKS),
    // What was typed of how to measure, is asked for again.
    ...['placement', 'lives'].flatMap((name) => {
      const typed = run.asked?.options[name];
      return typed === undefined ? [] : [`--${name}`, String(typed)];
    }),
    // Without it a profile's own budget would cut off on a busy machine what the run itself had time for.
    ...(typeof budgetNs === 'number' ? ['--budget', `${Math.ceil(budgetNs / 1e9)}s`] : []),
    '--out',
    out,
  ];
  process.stderr.write(
    `Measuring ${slower.length} slower row(s) again: cfsbench ${argv.slice(1).join(' ')}\n`,
  );
  const cwd = run.asked?.cwd;
  const { status } = spawnSync(process.execPath, argv, {
    stdio: ['ignore', 'ignore', 'inherit'],
    ...(cwd !== undefined && existsSync(cwd) ? { cwd } : {}),
  });
  if (status !== 0)
    throw new UserError('the confirmation did not measure anything that can be used', {
      facts: [`exit code: ${status ?? 'none'}`, `results: ${out}`],
      hint: 'run it again without --confirm, or on a quieter machine',
      exit: 5,
    });
};

/** Which of the red rows the rerun does not call slower. */
export const confirm = async (
  head: LoadedRun,
  red: readonly LatencyResult[],
  config: GateConfig,
): Promise<(row: LatencyResult) => boolean> => {
  if (red.length === 0) return () => false;
  const out = `${head.folder.replace(/\/+$/, '')}-confirm`;
  if (existsSync(out))
    throw new UserError(`there is a confirmation already: ${out}`, {
      hint: `remove it, or compare it: cfsbench compare ${out}`,
    });
  rerun(head, red, out);
  const again = compareArms(await loadRun(out), { config });
  const slowerAgain = new Set(again.latencies.rows.filter(({ verdict }) => verdict === 'slower').map(keyOf));
  return (row) => !slowerAgain.has(keyOf(row));
};
