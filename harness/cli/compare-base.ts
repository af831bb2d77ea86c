// The base of `cfsbench compare`. With --gate one that measured nothing is refused: every row would be new, and none worse.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LoadedRun } from '../../results/gate/load.ts';
import { shellLine } from '../../results/shell-line.ts';
import { UserError } from '../model/errors.ts';

interface BaseOptions {
  readonly gate?: boolean;
  /** False: --no-base-ok. */
  readonly baseOk: boolean;
}

interface NoBase {
  readonly what: string;
  readonly facts?: readonly string[];
  /** What to type instead. */
  readonly next: string;
}

/** The notice with --no-base-ok; else throws. */
const withoutBase = (base: string, { what, facts = [], next }: NoBase, { baseOk }: BaseOptions): string => {
  if (baseOk === false) return `no base yet: ${base} ${what}, nothing is compared`;
  throw new UserError(`the base ${what}: ${base}`, {
    facts: [...facts, 'nothing was compared'],
    hint: `${next}, or for the first run of a project: --no-base-ok`,
  });
};

type OpenedBase =
  | { readonly base: LoadedRun; readonly notice: null }
  | { readonly base: null; readonly notice: string };

export const openBase = async (folder: string, options: BaseOptions): Promise<OpenedBase> => {
  const none = (why: NoBase): OpenedBase => ({ base: null, notice: withoutBase(folder, why, options) });
  if (!existsSync(folder)) return none({ what: 'does not exist', next: 'name an existing run folder' });
  const { loadRun } = await import('../../results/gate/load.ts');
  const base = await loadRun(resolve(folder));
  if (options.gate !== true || base.okCount > 0) return { base, notice: null };
  const { status } = base.run;
  const next =
    status === 'complete'
      ? 'name a run folder with samples'
      : shellLine(['cfsbench', 'run', '--resume', folder]);
  return none({ what: 'measured nothing', facts: [`status: ${status}`], next });
};

/** The same for the base arm of an --ab run. Null: it was measured, or the run has an exit code for what went wrong. */
export const noticeOfArm = (
  folder: string,
  { run, tallied, okCount }: LoadedRun,
  options: BaseOptions,
): string | null => {
  const [arm] = run.plan.ab ?? [];
  const hasEnded = run.status === 'complete' && okCount > 0 && tallied.failures.length === 0;
  if (options.gate !== true || arm === undefined || !hasEnded) return null;
  if (tallied.groups.some(({ backends }) => backends.has(arm))) return null;
  return withoutBase(
    arm,
    { what: 'measured nothing', next: shellLine(['cfsbench', 'report', folder]) },
    options,
  );
};
