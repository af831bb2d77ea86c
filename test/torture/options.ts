// Options of `npm run torture`.
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { PLANS, type Plan } from './small-run.ts';
import { SECTIONS } from './trial.ts';

const RESUME_EVERY = 4;

export const HELP = `Usage: npm run torture [-- OPTIONS]

Disturbs runs in every known way at random moments, feeds the program what is
damaged and hostile, and prints a table of what was lost, left or crashed.

  --short            an attempt of most kinds with plan short, in random order; none
                     begins after two minutes; part of .ci/run
  --plan NAME        of the runs that are disturbed: default, quick (profiles with
                     a small image) or short (two scenarios, only counted)
  --only WORD        ${SECTIONS.join(', ')}, or the id of one kind; may be repeated;
                     long: growth of memory, 10,000 mounts, a million files;
                     or long-churn, long-server, long-mounts-erofs,
                     long-mounts-fuse, long-million; all: all sections and long
  --count N          attempts of each kind (default: its own)
  --kills N          attempts of all kinds of kills together
  --resume-every N   resume every Nth run to its end (default ${RESUME_EVERY})
  --minutes N        of each long run of 'long' (default 20)
  --seed TEXT        draw the same moments again (default: a new seed, printed)
  --jobs N           attempts side by side (default: one per CPU)
  --write-docs       write the rows in which nothing was found into
                     docs/reliability.md
  --list             print the ids of all kinds, and exit
  --help             print this help, and exit

Exit code: 0 everything is zero, 1 something is not, or an option is wrong.
`;

export const fail = (text: string): never => {
  process.stderr.write(`torture: ${text}\n  try: npm run torture -- --help\n`);
  process.exit(1);
};

export const parsedOptions = () => {
  try {
    return parseArgs({
      options: {
        short: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        plan: { type: 'string' },
        count: { type: 'string' },
        kills: { type: 'string' },
        'resume-every': { type: 'string', default: String(RESUME_EVERY) },
        seed: { type: 'string', default: randomBytes(4).toString('hex') },
        jobs: { type: 'string', default: String(availableParallelism()) },
        minutes: { type: 'string', default: '20' },
        'write-docs': { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail((error as Error).message);
  }
};

export type TortureOptions = ReturnType<typeof parsedOptions>;

export const wholeNumber = (option: string, text: string): number => {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1
    ? value
    : fail(`--${option} must be a whole number from 1, not '${text}'`);
};

export const planOf = ({ plan, short }: TortureOptions): Plan => {
  const name = plan ?? (short ? 'short' : 'default');
  return Object.hasOwn(PLANS, name)
    ? (name as Plan)
    : fail(`unknown plan '${name}'; there are ${Object.keys(PLANS).join(', ')}`);
};
