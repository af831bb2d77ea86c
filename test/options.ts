// The command line of the test runner.
import { parseArgs } from 'node:util';

const HELP = `Usage: node build/test/main.js [WORD...] [OPTIONS]

Runs the test files whose path contains one of the words, or all of them.

  --test-name-pattern=REGEX   only tests whose name matches; may be repeated
  --test-reporter=NAME        spec, tap, dot or junit (default: spec)
  --test-concurrency=N        run all files N at a time (default: a few side by side,
                              and those that disturb or watch others one by one)
  --file-limit=SECONDS        kill a file that takes longer (default: 1800)
  --slowest=N                 name the N slowest files (default: 12 of all files,
                              none of chosen ones)
  --help                      print this help, and exit

Exit code: 0 all tests passed, 1 a test failed, no file matched, or an option is
wrong.
`;

const REPORTERS = ['spec', 'tap', 'dot', 'junit'] as const;

export interface RunnerOptions {
  readonly words: readonly string[];
  readonly namePatterns: readonly string[] | undefined;
  readonly reporter: (typeof REPORTERS)[number];
  /** Undefined: as the schedule says. */
  readonly concurrency: number | undefined;
  readonly fileLimitSeconds: number;
  readonly slowest: number;
}

/** The slowest file takes a minute on a quiet machine, and tries three times what others can disturb. */
const FILE_LIMIT_SECONDS = '1800';
const SLOWEST_OF_ALL = '12';

export const fail = (text: string): never => {
  process.stderr.write(`cfsbench: test: ${text}\n`);
  process.exit(1);
};

const parsed = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'test-concurrency': { type: 'string' },
        'test-name-pattern': { type: 'string', multiple: true },
        'test-reporter': { type: 'string', default: 'spec' },
        'file-limit': { type: 'string', default: FILE_LIMIT_SECONDS },
        slowest: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    // Node's message may go on with advice that does not fit.
    const [sentence = ''] = (error as Error).message.split('. ');
    return fail(`${sentence.replace(/\.$/, '')}; try --help`);
  }
};

const wholeNumber = (option: string, text: string, least: number): number => {
  const value = Number(text);
  return Number.isInteger(value) && value >= least
    ? value
    : fail(`--${option} must be a whole number from ${least}, not '${text}'`);
};

/** Ends the process after a request for help or a wrong option. */
export const runnerOptions = (): RunnerOptions => {
  const { values, positionals: words } = parsed();
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const concurrency = values['test-concurrency'];
  const reporter =
    REPORTERS.find((name) => name === values['test-reporter']) ??
    fail(`unknown reporter '${values['test-reporter']}'; there are ${REPORTERS.join(', ')}`);
  return {
    words,
    namePatterns: values['test-name-pattern'],
    reporter,
    concurrency: concurrency === undefined ? undefined : wholeNumber('test-concurrency', concurrency, 1),
    fileLimitSeconds: wholeNumber('file-limit', values['file-limit'], 1),
    slowest: wholeNumber('slowest', values.slowest ?? (words.length === 0 ? SLOWEST_OF_ALL : '0'), 0),
  };
};
