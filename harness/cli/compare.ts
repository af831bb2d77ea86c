// `cfsbench compare`: compares two runs, or the two arms of one; with --gate the exit code is the verdict.

import { resolve } from 'node:path';
import { Command } from 'commander';
import type { GateConfig } from '../../results/gate/config.ts';
import type { Gate } from '../../results/gate/gate.ts';
import { shellLine } from '../../results/shell-line.ts';
import { UserError } from '../model/errors.ts';
import { noticeOfArm, openBase } from './compare-base.ts';
import { type Compared, compareFormats } from './compare-formats.ts';
import { refuseIgnored, type TypedCompareOptions } from './compare-options.ts';
import { formatOption } from './format-option.ts';
import { commaList } from './option-values.ts';
import { proseColumns, terminalColumns } from './terminal-width.ts';
import { writeOut } from './write-out.ts';

const HELP = `
Counts (system calls by name, files, bytes) are compared without tolerance, also
between machines with the same tools; allocated bytes, which differ between file
systems of one kind, with a tolerance of 1 % or 16 KiB. Latencies are judged
only between the two arms of one run: cfsbench run --ab BASE HEAD.

Examples:
  cfsbench compare runs/main runs/branch --gate --explain
  cfsbench compare runs/ab --gate --confirm
  cfsbench compare runs/main runs/branch --gate --allow-missing walk-cold
  cfsbench compare runs/ab --format html --out compare.html
  cfsbench compare runs/monday runs/tuesday runs/wednesday

Exit codes with --gate (the first that applies):
  1    wrong usage, a base that is missing or measured nothing, something cannot
       be read or written, or an internal error
  130  the head was interrupted, was killed or is still running, or the
       confirmation run was interrupted
  5    the head or the confirmation run failed, or the head left something
       behind
  4    with --confirm: the machine or its programs have changed
  124  the head ran out of time
  6    the head measured nothing
  2    a row is worse than in the base
  3    no row could be compared; with --strict also: a row is undecided, cannot
       be judged or is absent from an incomplete base, or a group was not timed
       for lack of time
  0    nothing is worse, or there is no base yet and --no-base-ok`;

interface Runs extends Pick<Compared, 'comparison' | 'base' | 'head'> {
  /** The first run of a project has nothing to be compared with. */
  readonly hasNoBase: boolean;
}

const loadRuns = async (
  first: string,
  second: string | undefined,
  options: TypedCompareOptions,
  config: GateConfig,
): Promise<Runs> => {
  const { compareArms, compareRuns } = await import('../../results/gate/compare.ts');
  const { loadRun } = await import('../../results/gate/load.ts');
  const opened = second === undefined ? null : await openBase(first, options);
  const head = await loadRun(resolve(second ?? first));
  if (second === undefined && options.gate === true && (head.run.plan.ab ?? null) === null)
    throw new UserError(`${first} is not an --ab run: --gate needs a base`, {
      hint: `${shellLine(['cfsbench', 'compare', 'BASE', first, '--gate'])}, or measure two arms: cfsbench run --ab BASE HEAD`,
    });
  const how = { config, all: options.all === true };
  const base = opened?.base ?? null;
  const notice = opened === null ? noticeOfArm(first, head, options) : opened.notice;
  const comparison = base === null ? compareArms(head, how) : compareRuns(base, head, how);
  return {
    head,
    base,
    hasNoBase: notice !== null,
    comparison: { ...comparison, notices: [...(notice === null ? [] : [notice]), ...comparison.notices] },
  };
};

const judge = async (
  { comparison, head, hasNoBase }: Runs,
  options: TypedCompareOptions,
  config: GateConfig,
): Promise<Gate> => {
  const { gateOf } = await import('../../results/gate/gate.ts');
  const judging = {
    strict: options.strict === true,
    hasNoBase,
    allowMissing: [...commaList(options.allowMissing ?? ''), ...(config.allowMissing ?? [])],
  };
  const gate = gateOf(comparison, head, judging);
  if (hasNoBase && gate.exit === 0) return { ...gate, why: 'no base yet, nothing is compared' };
  if (options.gate !== true || options.confirm !== true || gate.exit !== 2) return gate;
  const { confirm } = await import('./confirm.ts');
  const slower = gate.red.flatMap((one) => (one.kind === 'latency' ? [one.row] : []));
  const isRefuted = await confirm(head, slower, { config, trustRun: options.trustRun === true });
  return gateOf(comparison, head, { ...judging, isRefuted });
};

const formatOf = ({ json, format }: TypedCompareOptions): string => (json === true ? 'json' : format);

const compareTwo = async (
  first: string,
  second: string | undefined,
  options: TypedCompareOptions,
): Promise<void> => {
  const { readGateConfig } = await import('./gate-config.ts');
  const config = readGateConfig(options.config);
  const runs = await loadRuns(first, second, options, config);
  const gate = await judge(runs, options, config);
  const compared: Compared = {
    ...runs,
    gate,
    isGated: options.gate === true,
    explain: options.explain === true,
    columns: proseColumns(),
  };
  const format = formatOf(options);
  await writeOut(compareFormats.find(({ id }) => id === format)!.pieces(compared), options.out);
  if (options.gate === true) process.exitCode = gate.exit;
};

const compareSeveral = async (folders: readonly string[], options: TypedCompareOptions): Promise<void> => {
  const { readGateConfig } = await import('./gate-config.ts');
  const config = readGateConfig(options.config);
  const { columnFormats } = await import('./compare-formats.ts');
  const format = columnFormats.find(({ id }) => id === formatOf(options));
  if (format === undefined)
    throw new UserError(
      `the format ${formatOf(options)} compares two runs, and ${folders.length} were named`,
      {
        hint: `--format ${columnFormats.map(({ id }) => id).join(', --format ')}`,
      },
    );
  const { columnsOf } = await import('../../results/gate/columns.ts');
  const { loadRun } = await import('../../results/gate/load.ts');
  const loaded = await Promise.all(folders.map((folder) => loadRun(resolve(folder))));
  const compared = columnsOf(loaded, { config, all: options.all === true });
  const images = loaded.flatMap(({ run }) => run.images);
  await writeOut(format.pieces(compared, { images, columns: terminalColumns() }), options.out);
};

const compare = (
  first: string,
  others: readonly string[],
  options: TypedCompareOptions,
  command: Command,
): Promise<void> => {
  const folders = [first, ...others];
  const isFormatTyped = command.getOptionValueSource('format') === 'cli';
  refuseIgnored(options, { folders, isFormatTyped });
  return folders.length > 2 ? compareSeveral(folders, options) : compareTwo(first, others[0], options);
};

export const compareCommand = (): Command =>
  new Command('compare')
    .description('compare runs, or the two arms of one; with --gate as a check for CI')
    .argument('<RUN>', 'the base; or, alone, a run made with --ab')
    .argument('[HEAD...]', 'the run to compare with the base; several runs get one column each')
    .option('--gate', 'exit with a code for the verdict (list below)')
    .option('--strict', 'fail the gate also for undecided and unjudgeable rows')
    .option('--explain', 'explain every row that is worse in a paragraph')
    .option(
      '--confirm',
      'with --gate: measure slower rows of an --ab run again in a fresh process before they count',
    )
    .option('--trust-run', 'with --confirm: run the programs and use the folders that the run names')
    .option('--allow-missing <LIST>', 'arms, scenarios, images or scenario/image/arm that the head may lack')
    .option(
      '--no-base-ok',
      'accept a base that does not exist or measured nothing, as in the first run of a project',
    )
    .option(
      '--config <FILE>',
      'thresholds by scenario and metric (default: cfsbench.gate.json, if it exists)',
    )
    .option('--all', 'compare all times, not only those of the first table')
    .addOption(
      formatOption(
        'compare',
        compareFormats,
        'text, json, markdown for pull requests, html for a page, junit or ktap for the test view of a CI',
      ),
    )
    .option('--json', 'the same as --format json')
    .option('--out <FILE>', 'write to FILE instead of standard output')
    .addHelpText('after', HELP)
    .action(compare);
