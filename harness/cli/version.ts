// Versions of the installed parts: program, commit and FUSE server.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serverPath } from '../native/paths.ts';
import { guestSetting } from '../sys/guest.ts';

const PACKAGE = new URL('../../../', import.meta.url);
/** Written when the package is made; in a checkout git gives the commit. */
const COMMIT_FILE = new URL('build/commit', PACKAGE);
const LIMIT_MS = 5000;

export const { version } = JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')) as {
  readonly version: string;
};

const firstLine = (program: string, args: readonly string[]): string | null => {
  try {
    return execFileSync(program, args, {
      cwd: fileURLToPath(PACKAGE),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    })
      .split('\n')[0]!
      .trim();
  } catch {
    return null;
  }
};

/** Of the checkout or of the package, in a guest that of its host; null if neither says it. An installed package may lie in a checkout of something else. */
export const commitOf = (): string | null => {
  if (guestSetting !== null) return guestSetting.commit;
  if (existsSync(new URL('.git', PACKAGE))) return firstLine('git', ['rev-parse', '--short=12', 'HEAD']);
  try {
    return readFileSync(COMMIT_FILE, 'utf8').trim();
  } catch {
    return null;
  }
};

/** Two lines: the program and the FUSE server that it would use. */
export const versionText = (): string => {
  const commit = commitOf();
  const server = existsSync(serverPath) ? firstLine(serverPath, ['--version']) : null;
  return [
    `cfsbench ${version}${commit === null ? '' : ` (commit ${commit})`}`,
    server ?? 'cfs-fuse: not compiled yet; the first run compiles it',
  ].join('\n');
};
