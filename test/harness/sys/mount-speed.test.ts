import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../../harness/sys/spawn.ts';
import { needsRoot, temporaryFolder } from './support.ts';

const SOURCE = fileURLToPath(new URL('../../../../test/fixtures/mount-loop.c', import.meta.url));
const MEASURE = fileURLToPath(new URL('./mount-speed-main.js', import.meta.url));
const LIMIT_RATIO = 1.25;
const ATTEMPTS = 3;

const compiler = findProgram('cc');
const skip = needsRoot || (compiler === null ? 'needs a C compiler' : false);

const ratio = (program: string, folder: string): number =>
  Number(execFileSync(process.execPath, [MEASURE, program, folder], { encoding: 'utf8' }));

describe('the cost of direct calls', { skip }, () => {
  test('mounting and unmounting takes at most 1.25 times as long as in C', (t) => {
    const program = join(temporaryFolder(t), 'mount-loop');
    execFileSync(compiler ?? 'cc', ['-O2', '-o', program, SOURCE]);
    // Somebody else's load may hit one side only; it does not do so in three processes.
    const seen: number[] = [];
    while (seen.length < ATTEMPTS && !seen.some((value) => value <= LIMIT_RATIO))
      seen.push(ratio(program, temporaryFolder(t)));
    t.diagnostic(`ratio: ${seen.map((value) => value.toFixed(2)).join(', ')}`);
    assert.ok(Math.min(...seen) <= LIMIT_RATIO, `ratios: ${seen.join(', ')}`);
  });
});
