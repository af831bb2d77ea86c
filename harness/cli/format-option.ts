// The option --format of a command, and the input of its formats.
import { Option } from 'commander';
import type { FormatInput, ReportFormat } from '../../report/formats/format.ts';
import type { ReportView } from '../../report/view.ts';
import type { LoadedRun } from '../../results/gate/load.ts';
import { UserError } from '../model/errors.ts';
import { didYouMean } from '../model/nearest-name.ts';
import { terminalColumns } from './terminal-width.ts';

export const formatOption = (
  command: string,
  formats: readonly Pick<ReportFormat, 'id'>[],
  description: string,
): Option => {
  const known = formats.map(({ id }) => id);
  return new Option('--format <FORMAT>', description).default(known[0]).argParser((id: string) => {
    if (known.includes(id)) return id;
    throw new UserError(`unknown format '${id}'${didYouMean(id, known)}`, {
      facts: [`formats: ${known.join(', ')}`],
      hint: `cfsbench ${command} --help`,
    });
  });
};

interface OpenedInput extends FormatInput {
  /** Claims whose rule threw; empty where the format needed no view. */
  brokenRules(): Promise<readonly string[]>;
}

/** `out`: the file that the text is written to; undefined: standard output. */
export const openInput = (run: LoadedRun, out: string | undefined): OpenedInput => {
  let viewed: Promise<ReportView> | undefined;
  return {
    run,
    view: () => {
      viewed ??= import('../../report/load.ts').then(({ viewOf }) => viewOf(run));
      return viewed;
    },
    columns: terminalColumns(),
    color: out === undefined && process.stdout.isTTY === true,
    async brokenRules() {
      if (viewed === undefined) return [];
      const { brokenRules } = await import('../../report/render.ts');
      return brokenRules(await viewed);
    },
  };
};
