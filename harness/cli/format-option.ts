// The option --format, and the input of formats.
import { Option } from 'commander';
import type { FormatInput, ReportFormat } from '../../report/formats/format.ts';
import type { ReportView } from '../../report/view.ts';
import type { LoadedRun } from '../../results/gate/load.ts';
import { UserError } from '../model/errors.ts';
import { didYouMean } from '../model/nearest-name.ts';
import { namesOf } from './option-values.ts';
import { terminalColumns, usesColor } from './terminal-width.ts';

const checkFormat = (command: string, id: string, known: readonly string[]): string => {
  if (known.includes(id)) return id;
  throw new UserError(`unknown format '${id}'${didYouMean(id, known)}`, {
    facts: [`formats: ${known.join(', ')}`],
    hint: `cfsbench ${command} --help`,
  });
};

export const formatOption = (
  command: string,
  formats: readonly Pick<ReportFormat, 'id'>[],
  description: string,
): Option => {
  const known = formats.map(({ id }) => id);
  return new Option('--format <FORMAT>', description)
    .default(known[0])
    .argParser((id: string) => checkFormat(command, id, known));
};

/** One format or several, separated by commas; no default. */
export const formatsOption = (
  command: string,
  formats: readonly ReportFormat[],
  description: string,
): Option => {
  const known = formats.map(({ id }) => id);
  return new Option('--format <LIST>', description).argParser((list: string): readonly ReportFormat[] => {
    const ids = namesOf('--format', known[0]!)(list).map((id) => checkFormat(command, id, known));
    return formats.filter(({ id }) => ids.includes(id));
  });
};

export interface OpenedInput extends FormatInput {
  /** Claims whose rule threw; empty where the format needed no view. */
  brokenRules(): Promise<readonly string[]>;
}

interface InputOptions {
  readonly long: boolean;
  readonly claims: readonly string[];
}

/** The run is analysed once, whatever the number of formats. Color is for standard output. */
export const openInput = (run: LoadedRun, { long, claims }: InputOptions): OpenedInput => {
  let viewed: Promise<ReportView> | undefined;
  return {
    run,
    long,
    claims,
    view: () => {
      viewed ??= import('../../report/load.ts').then(({ viewOf }) => viewOf(run));
      return viewed;
    },
    columns: terminalColumns(),
    color: usesColor(),
    async brokenRules() {
      if (viewed === undefined) return [];
      const { brokenRules } = await import('../../report/render.ts');
      return brokenRules(await viewed);
    },
  };
};
