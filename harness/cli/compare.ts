// `cfsbench compare`: compares two runs, or the two arms of one; with --gate the exit code is the verdict.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { readRegular } from '../../results/files.ts';
import type { GateConfig } from '../../results/gate/config.ts';
import type { Gate } from '../../results/gate/gate.ts';
import { UserError } from '../model/errors.ts';
import { type Compared, compareFormats } from './compare-formats.ts';
import { formatOption } from './format-option.ts';
import { commaList } from './option-values.ts';
import { proseColumns } from './terminal-width.ts';
import { writeOut } from './write-out.ts';

interface TypedCompareOptions {
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
}

const HELP = `
Counts (system calls by name, files, bytes) are compared without tolerance, also
between machines with the same tools. Latencies are judged only between the two
arms of one run: cfsbench run --ab BASE HEAD.

Examples:
  cfsbench compare runs/main runs/branch --gate --explain
  cfsbench compare runs/ab --gate --confirm
  cfsbench compare runs/main runs/branch --gate --allow-missing walk-cold
  cfsbench compare runs/ab --format html --out compare.html

Exit codes with --gate (the first that applies):
  130  the head was interrupted
  124  the head ran out of time
  1    wrong usage, something cannot be read or written, or an internal error
  5    the head failed or left something behind
  6    the head measured nothing
  2    a row is worse than in the base
  3    with --strict: a row is undecided or cannot be judged
  0    nothing is worse, or there is no base yet (with a notice)`;

const MOST_CONFIG_BYTES = 1024 * 1024;

const readConfig = async ({ config }: TypedCompareOptions): Promise<GateConfig> => {
  const { CONFIG_FILE, NO_CONFIG, parseConfig } = await import('../../results/gate/config.ts');
  const path = config ?? CONFIG_FILE;
  if (config === undefined && !existsSync(path)) return NO_CONFIG;
  const bytes = readRegular(path, { mostBytes: MOST_CONFIG_BYTES, mayBeLink: true, hint: '--config FILE' });
  return parseConfig(bytes.toString(), path);
};

type Runs = Pick<Compared, 'comparison' | 'base' | 'head'>;

const loadRuns = async (
  first: string,
  second: string | undefined,
  options: TypedCompareOptions,
  config: GateConfig,
): Promise<Runs> => {
  const { compareArms, compareRuns } = await import('../../results/gate/compare.ts');
  const { loadRun } = await import('../../results/gate/load.ts');
  const head = await loadRun(resolve(second ?? first));
  const noBase = second !== undefined && options.gate === true && !existsSync(first);
  if (noBase)
    (options.json === true || options.format !== 'text' ? process.stderr : process.stdout).write(
      `notice: no base yet: ${first} does not exist, nothing is compared\n`,
    );
  if (second === undefined && options.gate === true && (head.run.plan.ab ?? null) === null)
    throw new UserError(`${first} is not an --ab run: --gate needs a base`, {
      hint: `cfsbench compare BASE ${first} --gate, or measure two arms: cfsbench run --ab BASE HEAD`,
    });
  const how = { config, all: options.all === true };
  const base = second === undefined || noBase ? null : await loadRun(resolve(first));
  return { head, base, comparison: base === null ? compareArms(head, how) : compareRuns(base, head, how) };
};

const judge = async (
  { comparison, head }: Runs,
  judging: Compared['judging'],
  options: TypedCompareOptions,
  config: GateConfig,
): Promise<Gate | null> => {
  if (options.gate !== true) return null;
  const { gateOf } = await import('../../results/gate/gate.ts');
  const gate = gateOf(comparison, head, judging);
  if (options.confirm !== true || gate.exit !== 2) return gate;
  const { confirm } = await import('./confirm.ts');
  const slower = gate.red.flatMap((one) => (one.kind === 'latency' ? [one.row] : []));
  const isRefuted = await confirm(head, slower, { config, trustRun: options.trustRun === true });
  return gateOf(comparison, head, { ...judging, isRefuted });
};

const compare = async (
  first: string,
  second: string | undefined,
  options: TypedCompareOptions,
): Promise<void> => {
  const config = await readConfig(options);
  const runs = await loadRuns(first, second, options, config);
  const judging = {
    strict: options.strict === true,
    allowMissing: [...commaList(options.allowMissing ?? ''), ...(config.allowMissing ?? [])],
  };
  const gate = await judge(runs, judging, options, config);
  const compared: Compared = {
    ...runs,
    gate,
    judging,
    explain: options.explain === true,
    columns: proseColumns(),
  };
  const format = options.json === true ? 'json' : options.format;
  await writeOut(compareFormats.find(({ id }) => id === format)!.pieces(compared), options.out);
  if (gate !== null) process.exitCode = gate.exit;
};

export const compareCommand = (): Command =>
  new Command('compare')
    .description('compare two runs, or the two arms of one; with --gate as a check for CI')
    .argument('<RUN>', 'the base; or, alone, a run made with --ab')
    .argument('[HEAD]', 'the run that is compared with the base')
    .option('--gate', 'exit with the verdict')
    .option('--strict', 'fail the gate also for undecided and unjudgeable rows')
    .option('--explain', 'explain every row that is worse in a paragraph')
    .option('--confirm', 'measure slower rows of an --ab run again in a fresh process before they count')
    .option('--trust-run', 'with --confirm: run the programs and use the folders that the run names')
    .option('--allow-missing <LIST>', 'arms, scenarios, images or scenario/image/arm that the head may lack')
    .option(
      '--config <FILE>',
      'thresholds by scenario and metric (default: cfsbench.gate.json, if there is one)',
    )
    .option('--all', 'compare every time, not only those of the first table')
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
