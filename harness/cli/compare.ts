// `cfsbench compare`: two runs, or the two arms of one; with --gate its exit code is the verdict.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { UserError } from '../model/errors.ts';
import { proseColumns } from './columns.ts';
import { COMPARE_FORMATS, type CompareFormat, comparedAs } from './compare-formats.ts';
import { writeOut } from './written.ts';

interface Typed {
  readonly gate?: boolean;
  readonly strict?: boolean;
  readonly explain?: boolean;
  readonly confirm?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly format: CompareFormat;
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

Exit codes with --gate, the first that applies: 130 the head was interrupted;
124 it was out of time; 1 usage or internal error; 5 it failed or left something
behind; 6 it measured nothing; 2 worse than the base; 3 undecided or unjudgeable
rows, only with --strict; 0 nothing worse, or no base yet (with a notice).`;

const readConfig = async (typed: Typed) => {
  const { CONFIG_FILE, NO_CONFIG, parseConfig } = await import('../../results/gate/config.ts');
  const path = typed.config ?? CONFIG_FILE;
  if (typed.config === undefined && !existsSync(path)) return NO_CONFIG;
  try {
    return parseConfig(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new UserError(`the thresholds cannot be read: ${path}`, {
      facts: [(error as Error).message],
      hint: '--config FILE',
    });
  }
};

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const compare = async (first: string, second: string | undefined, typed: Typed): Promise<void> => {
  const { compareArms, compareRuns } = await import('../../results/gate/compare.ts');
  const { gateOf } = await import('../../results/gate/gate.ts');
  const { loadRun } = await import('../../results/gate/load.ts');
  const config = await readConfig(typed);
  const head = await loadRun(resolve(second ?? first));
  const noBase = second !== undefined && typed.gate === true && !existsSync(first);
  if (noBase)
    (typed.json === true || typed.format !== 'text' ? process.stderr : process.stdout).write(
      `notice: no base yet: ${first} is not there, so that nothing is compared\n`,
    );
  if (second === undefined && typed.gate === true && (head.run.plan.ab ?? null) === null)
    throw new UserError('one run without --ab has nothing to be gated against', {
      hint: `cfsbench compare BASE ${first} --gate, or measure two arms: cfsbench run --ab BASE HEAD`,
    });
  const options = { config, all: typed.all === true };
  const base = second === undefined || noBase ? null : await loadRun(resolve(first));
  const comparison = base === null ? compareArms(head, options) : compareRuns(base, head, options);
  const judging = {
    strict: typed.strict === true,
    allowMissing: [...listOf(typed.allowMissing), ...(config.allowMissing ?? [])],
  };
  let gate = typed.gate === true ? gateOf(comparison, head, judging) : null;
  if (gate !== null && typed.confirm === true && gate.exit === 2) {
    const { confirm } = await import('./confirm.ts');
    const red = gate.red.flatMap((one) => (one.kind === 'latency' ? [one.row] : []));
    gate = gateOf(comparison, head, { ...judging, isRefuted: await confirm(head, red, config) });
  }
  const format = typed.json === true ? 'json' : typed.format;
  const columns = proseColumns();
  const compared = { comparison, base, head, gate, judging, explain: typed.explain === true, columns };
  await writeOut(comparedAs(format, compared), typed.out);
  if (gate !== null) process.exitCode = gate.exit;
};

export const compareCommand = (): Command =>
  new Command('compare')
    .description('compare two runs, or the two arms of one; with --gate the exit code is the verdict')
    .argument('<RUN>', 'the base run; or, alone, a run made with --ab')
    .argument('[HEAD]', 'the run to hold against it')
    .option('--gate', 'exit with the verdict')
    .option('--strict', 'undecided and unjudgeable rows fail the gate too')
    .option('--explain', 'a paragraph for every row that is worse')
    .option(
      '--confirm',
      'measure slower rows of an --ab run once more, in a fresh process, before they count',
    )
    .option('--allow-missing <LIST>', 'arms, scenarios, images, or scenario/image/arm that the head may lack')
    .option(
      '--config <FILE>',
      'thresholds by scenario and metric (default: cfsbench.gate.json where there is one)',
    )
    .option('--all', 'every time, not only those of the first table')
    .addOption(
      new Option(
        '--format <FORMAT>',
        'markdown for pull requests, html a page, junit and ktap for the test view of a CI',
      )
        .choices([...COMPARE_FORMATS])
        .default('text'),
    )
    .option('--out <FILE>', 'write it there instead of printing it')
    .option('--json', 'the same as --format json: all of it, for machines')
    .addHelpText('after', HELP)
    .action(compare);
