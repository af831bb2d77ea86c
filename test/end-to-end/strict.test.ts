// --strict refuses a busy machine before anything is measured.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { diskFolder, start, startProgram } from './support.ts';

test('--strict on a busy machine ends with exit code 4 and the reason, and creates no result folder', async (t) => {
  const home = diskFolder(t);
  for (const _ of cpus()) start(t, [process.execPath, '-e', 'for (;;);']);
  const args = ['run', '--strict', '--images', 'synthetic:files=20', '--scenarios', 'walk-warm'];
  const { code, stderr } = await startProgram(t, [...args, '--out', join(home, 'results')]).done;
  assert.equal(code, 4, stderr);
  assert.match(stderr, /too noisy to measure on \(--strict\)\n {2}other processes use \d+ % of the CPUs/);
  assert.equal(existsSync(join(home, 'results')), false);
  assert.deepEqual(readdirSync(home), []);
});
