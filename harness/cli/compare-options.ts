// The options of `cfsbench compare`; those without effect are refused.
import { shellLine } from '../../results/shell-line.ts';
import { UserError } from '../model/errors.ts';

export interface TypedCompareOptions {
  readonly gate?: boolean;
  readonly strict?: boolean;
  readonly explain?: boolean;
  readonly confirm?: boolean;
  readonly trustRun?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly format: string;
  readonly out?: string;
  readonly config?: string;
  readonly allowMissing?: string;
  /** False: --no-base-ok. */
  readonly baseOk: boolean;
}

/** Options that compare a head with its base, as typed. */
const ofTwo = (typed: TypedCompareOptions): readonly string[] => [
  ...(typed.gate === true ? ['--gate'] : []),
  ...(typed.strict === true ? ['--strict'] : []),
  ...(typed.explain === true ? ['--explain'] : []),
  ...(typed.confirm === true ? ['--confirm'] : []),
  ...(typed.trustRun === true ? ['--trust-run'] : []),
  ...(typed.allowMissing === undefined ? [] : ['--allow-missing']),
  ...(typed.baseOk ? [] : ['--no-base-ok']),
];

interface TypedComparison {
  readonly folders: readonly string[];
  readonly isFormatTyped: boolean;
}

export const refuseIgnored = (
  typed: TypedCompareOptions,
  { folders, isFormatTyped }: TypedComparison,
): void => {
  const { gate = false, confirm = false, trustRun = false, json = false, format } = typed;
  const [first] = ofTwo(typed);
  if (folders.length > 2 && first !== undefined)
    throw new UserError(`${first} compares two runs, and ${folders.length} were named`, {
      hint: shellLine(['cfsbench', 'compare', folders[0]!, folders.at(-1)!, '--gate']),
    });
  const command = shellLine(['cfsbench', 'compare', ...folders]);
  if (confirm && !gate)
    throw new UserError('--confirm has no effect without --gate', { hint: `${command} --gate --confirm` });
  if (trustRun && !confirm)
    throw new UserError('--trust-run has no effect without --gate --confirm', {
      hint: `${command} --gate --confirm --trust-run`,
    });
  if (json && isFormatTyped && format !== 'json')
    throw new UserError(`--json and --format ${format} name two formats`, {
      hint: `${command} --format ${format}, or ${command} --json`,
    });
};
