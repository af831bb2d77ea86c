// Versions of the installed parts: program, commit and FUSE server.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cannotCompile, serverPath } from '../native/paths.ts';
import { guestSetting } from '../sys/guest.ts';

const PACKAGE = new URL('../../../', import.meta.url);
/** Written when the package is made; in a checkout git gives the commit. */
const COMMIT_FILE = new URL('build/commit', PACKAGE);
/** A busy machine needs a while to compare a checkout. */
const LIMIT_MS = 20_000;

export const { version } = JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')) as {
  readonly version: string;
};

const MOST_BYTES = 256 * 1024 * 1024;
const EDIT_DIGITS = 8;

const outputOf = (program: string, args: readonly string[], folder: string): string | null => {
  try {
    return execFileSync(program, args, {
      cwd: folder,
      encoding: 'latin1',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: MOST_BYTES,
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
  } catch {
    return null;
  }
};

const firstLineOf = (text: string | null): string | null =>
  text === null ? null : text.split('\n', 1)[0]!.trim();

/** `1a2b3c4d5e6f`; with uncommitted changes `1a2b3c4d5e6f+89abcdef`, where the second part tells the changes apart. Null: not known to git. */
export const checkoutCommit = (folder: string): string | null => {
  const commit = firstLineOf(outputOf('git', ['rev-parse', '--short=12', 'HEAD'], folder));
  if (commit === null) return null;
  const diff = ['diff', '--no-ext-diff', '--no-textconv', '--no-color', '--binary', 'HEAD'];
  const changes = outputOf('git', diff, folder);
  if (changes === '') return commit;
  if (changes === null) return `${commit}+unknown`;
  const digest = createHash('sha256').update(changes, 'latin1').digest('hex');
  return `${commit}+${digest.slice(0, EDIT_DIGITS)}`;
};

/** Of the checkout or of the package, in a guest that of its host; null if neither says it. An installed package may lie in a checkout of something else. */
export const commitOf = (): string | null => {
  if (guestSetting !== null) return guestSetting.commit;
  if (existsSync(new URL('.git', PACKAGE))) return checkoutCommit(fileURLToPath(PACKAGE));
  try {
    return readFileSync(COMMIT_FILE, 'utf8').trim();
  } catch {
    return null;
  }
};

/** Two lines: the program and the FUSE server that it would use. */
export const versionText = (): string => {
  const commit = commitOf();
  const server = existsSync(serverPath)
    ? firstLineOf(outputOf(serverPath, ['--version'], fileURLToPath(PACKAGE)))
    : null;
  return [
    `cfsbench ${version}${commit === null ? '' : ` (commit ${commit})`}`,
    server ??
      (cannotCompile === null
        ? 'cfs-fuse: not compiled yet; the first run compiles it if there is a C compiler'
        : `cfs-fuse: missing, and no run compiles it: ${cannotCompile}`),
  ].join('\n');
};
