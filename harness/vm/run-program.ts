// Runs a program that prepares a guest, and fails with its last words.
import { UserError } from '../model/errors.ts';
import { searchPath } from '../sys/spawn.ts';
import { runTool } from '../sys/tool.ts';

const LIMIT_MS = 1_800_000;
const LAST_LINES = 8;

export const lastLines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-LAST_LINES);

/** Returns its standard output. The program may be in a folder of `sbin`. `doing`: such as `make the tree of the guest`. */
export const runProgram = async (
  doing: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const done = await runTool(argv, {
    limitMs: LIMIT_MS,
    env: { ...process.env, PATH: searchPath(), LC_ALL: 'C', ...env },
  });
  if (done.status === 0) return done.stdout;
  throw new UserError(`cannot ${doing}: ${argv[0]} failed`, {
    exit: 4,
    code: 'vm-prepare',
    facts: [done.how, ...lastLines(done.stderr)],
  });
};
