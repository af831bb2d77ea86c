// Options that a resumed run would ignore are refused, and a run whose id would lead out of its folder.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openResumed } from '../../../harness/cli/resume.ts';
import { runCommand } from '../../../harness/cli/run-command.ts';
import { exampleRun } from '../../report/support/example.ts';
import { storeRun } from '../../results/pool/stored-runs.ts';
import { temporaryFolder } from '../sys/support.ts';

const resumed = (...options: readonly string[]): Promise<unknown> =>
  runCommand('').parseAsync(['--resume', '/none/run', ...options], { from: 'user' });

test('an option that a resumed run does not take is named', async () => {
  const cases: readonly (readonly string[])[] = [
    ['--budget', '1h'],
    ['--profile', 'default'],
    ['--out', '/none/other'],
    ['--strict'],
    ['--seed', 's'],
  ];
  for (const options of cases)
    await assert.rejects(resumed('--keep-work', ...options), {
      message: `not with --resume: ${options[0]}`,
      facts: [
        'a resumed run keeps the options that it was started with',
        'taken with --resume: --trust-run, --work, --keep-work, --allow-parallel',
      ],
      hint: 'cfsbench run --resume /none/run, or a new run without --resume',
    });
});

test('the options that a resumed run takes are not refused', async () => {
  const taken = ['--keep-work', '--allow-parallel', '--trust-run', '--work', '/none'];
  await assert.rejects(resumed(...taken), /cannot read \/none\/run\/run\.json/);
});

test('the plan of the rest of a run or of a pool is not printed', async () => {
  await assert.rejects(resumed('--dry-run'), {
    message: '--dry-run prints the plan of a new run, not the rest of one',
    hint: 'cfsbench run --resume /none/run, or without --resume: cfsbench run --dry-run',
  });
});

test('an id that leads to another folder is refused', async (t) => {
  const home = temporaryFolder(t);
  const runDir = join(home, 'run');
  const { run } = exampleRun({ images: ['debian-12-base'] });
  storeRun(runDir, { run: { ...run, status: 'interrupted', id: 'x/../../elsewhere' }, samples: [] });
  await assert.rejects(openResumed({ profile: 'quick', resume: runDir }), {
    message: `cannot resume ${runDir}: its id cannot be a part of a path`,
    facts: ['id: x/../../elsewhere'],
  });
  assert.deepEqual(readdirSync(home), ['run']);
});
