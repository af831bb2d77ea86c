// Common parts of all engines of a fleet: the replicates, the options of their runs, and the script of one replicate.
import { isAbsolute, resolve } from 'node:path';
import { optionName } from '../../results/option-name.ts';
import { FLEET_SCHEMA, type FleetFile } from '../../results/pool/replicates.ts';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { runCountOf } from './measure-pool.ts';
import type { TypedOptions } from './options.ts';
import { newSeed } from './resolve-options.ts';
import { RUNS } from './runs-folder.ts';
import { resolvedRun, typedRun } from './typed-run.ts';

export interface FleetOptions {
  readonly replicates: number;
  readonly seed?: string;
  readonly program?: string;
  readonly out?: string;
  readonly results?: string;
  readonly nodes?: number;
  readonly partition?: string;
  readonly account?: string;
  readonly nodelist?: string;
  readonly time?: string;
  readonly hosts?: readonly string[];
  readonly runners?: readonly string[];
  readonly repository?: string;
  readonly ref?: string;
}

export interface FleetPlan {
  readonly seed: string;
  readonly replicates: readonly string[];
  readonly program: string;
  /** Absolute. */
  readonly results: string;
  /** Options of each run, without seed and folder. */
  readonly words: readonly string[];
}

/** A line of a script holds no line break, and no character that changes how a terminal shows it. */
const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

const refuseControl = (what: string, text: string): string => {
  if (text === '' || CONTROL.test(text))
    throw new UserError(`${what} is empty, or has a line break or a control character: ${visible(text)}`);
  return text;
};

/** Names of partitions, nodes, runners and the like; nothing in it has a meaning for a shell, for YAML or for an option parser. */
const PLAIN = /^[A-Za-z0-9_@:[\],.+/-]+$/;

export const plainName = (option: string, text: string): string => {
  if (PLAIN.test(text) && !text.startsWith('-')) return text;
  throw new UserError(`${option} must be a plain name: ${visible(text)}`, {
    facts: ['letters, digits and _ @ : [ ] , . + / -, not beginning with -'],
  });
};

/** Seeds become names of files and folders on other machines. */
const SEED = /^[A-Za-z0-9][A-Za-z0-9._-]{0,40}$/;

const seedOf = (typed: string | undefined): string => {
  const seed = typed ?? newSeed();
  if (SEED.test(seed)) return seed;
  throw new UserError(`--seed must be a name of up to 41 letters, digits and . _ -: ${visible(seed)}`);
};

/** The fleet gives these to each run. */
const GIVEN_BY_FLEET = ['out', 'seed', 'resume', 'runs', 'dryRun', 'trustRun'] as const;

/** Throws as `cfsbench run` would, and for options that the fleet sets. */
const checkedOptions = (words: readonly string[]): TypedOptions => {
  const options = typedRun(words);
  const taken = GIVEN_BY_FLEET.find((key) => options[key] !== undefined);
  if (taken !== undefined)
    throw new UserError(`${optionName(taken)} is set by the fleet, not in the options of its runs`, {
      hint: 'cfsbench fleet --help',
    });
  if (runCountOf(options) > 1)
    throw new UserError(`profile ${options.profile} is a pool of runs itself`, {
      hint: '-- --profile full, and --replicates N',
    });
  resolvedRun(options);
  return options;
};

/** The work folder is on a disk of the machine itself, not where the results are. */
const OWN_DISK = ['--work', '/var/tmp'];

/** Scripts change the folder before they start it. */
const programOf = (typed = 'cfsbench'): string => {
  const program = refuseControl('--program', typed);
  if (!program.includes('/') || isAbsolute(program)) return program;
  throw new UserError(`--program must be an absolute path, or a name in the PATH: ${visible(program)}`, {
    hint: `--program ${shellLine([resolve(program)])}`,
  });
};

export const fleetPlan = (words: readonly string[], options: FleetOptions): FleetPlan => {
  const typed = checkedOptions(words);
  for (const word of words) refuseControl('an option of the runs', word);
  const seed = seedOf(options.seed);
  const results = resolve(options.results ?? `${RUNS}/fleet-${seed}`);
  return {
    seed,
    replicates: Array.from({ length: options.replicates }, (_, index) => String(index + 1)),
    program: programOf(options.program),
    results: refuseControl('--results', results),
    words: [...words, ...(typed.work === undefined ? OWN_DISK : [])],
  };
};

export const fleetFile = ({ replicates }: FleetPlan): string => {
  const file: FleetFile = { schema: FLEET_SCHEMA, replicates };
  return `${JSON.stringify(file)}\n`;
};

const refuseWithout = (program: string): string => `command -v ${program} >/dev/null || {
  echo "${program} is not in the PATH of this machine" >&2
  exit 1
}`;

/** Goes to the folder of the results. Before it makes that folder, the script ends if a program is missing. */
export const openResults = ({ results }: FleetPlan, programs: readonly string[]): string => `set -eu
${programs.map(refuseWithout).join('\n')}
results=${shellLine([results])}
mkdir -p -- "$results"
cd -- "$results"
if [ -e fleet.json ]; then
  echo "this folder holds a fleet: $results" >&2
  exit 1
fi`;

/** Ends every text that a script holds; no line of such a text is equal to it. */
const END = 'END_OF_CFSBENCH_TEXT';

/** A file that the script writes as it stands here. */
export const hereDocument = (name: string, text: string): string =>
  `cat >${name} <<'${END}'\n${text}${END}\n`;

/**
 * One replicate. It notes its beginning and its end, so that one that is missing has a reason. `program`: words for a shell.
 */
export const replicateScript = ({ seed, words }: FleetPlan, program: string): string => `#!/bin/sh
# Runs replicate $1 in this folder.
n=$1
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
echo "started $(now) $(uname -n)" >"$n.state"
${program} run ${shellLine(words)} --seed ${shellLine([seed])}-"$n" --out "$PWD/$n" >"$n.log" 2>&1
code=$?
echo "ended $(now) $code" >>"$n.state"
exit "$code"
`;

/** The report of all replicates; each is expected. */
export const joinScript = (program: string): string => `#!/bin/sh
# Pools the runs of this folder. Exits 5 if a replicate is missing, and names it with the reason.
${program} pool --expect fleet.json --format html --out report.html
page=$?
${program} pool --expect fleet.json
code=$?
[ "$code" -ne 0 ] || code=$page
exit "$code"
`;
