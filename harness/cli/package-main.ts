// Writes the files of an installed package that are not compiled: commit, manual page, completions.
//
// Usage: node build/harness/cli/package-main.js
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replaceFile } from '../../results/write-file.ts';
import { EXIT_CODES } from './exit-codes-help.ts';
import { manPage } from './man-page.ts';
import { program } from './program.ts';
import { commitOf, version } from './version.ts';

const BUILD = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(BUILD, 'harness', 'cli', 'main.js');

const share = join(BUILD, 'share');
mkdirSync(share, { recursive: true });
const all = program();
replaceFile(join(BUILD, 'commit'), `${commitOf() ?? 'unknown'}\n`);
replaceFile(
  join(share, 'cfsbench.1'),
  manPage(all, { version, description: all.description().replace(/\.$/, ''), exitCodes: EXIT_CODES }),
);
for (const shell of ['bash', 'zsh', 'fish'])
  replaceFile(
    join(share, `completion.${shell}`),
    execFileSync(process.execPath, [MAIN, 'completion', shell], { encoding: 'utf8' }),
  );
