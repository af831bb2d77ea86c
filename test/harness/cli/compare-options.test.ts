// Options that a comparison would ignore are refused, before anything is read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCommand } from '../../../harness/cli/compare.ts';
import { doctor } from '../../../harness/cli/doctor.ts';

const compare = (...words: readonly string[]): Promise<unknown> =>
  compareCommand().parseAsync(words, { from: 'user' });

test('an option of the gate is refused without it', async () => {
  await assert.rejects(compare('/none/ab', '--confirm'), {
    message: '--confirm has no effect without --gate',
    hint: 'cfsbench compare /none/ab --gate --confirm',
  });
  await assert.rejects(compare('/none/ab', '--gate', '--trust-run'), {
    message: '--trust-run has no effect without --gate --confirm',
  });
});

test('a command in a hint can be pasted', async () => {
  await assert.rejects(compare("/none/it's a run", '--confirm'), {
    hint: "cfsbench compare '/none/it'\\''s a run' --gate --confirm",
  });
});

test('several runs are compared without a base: options that need one are refused', async () => {
  for (const option of ['--gate', '--strict', '--explain', '--confirm', '--trust-run', '--no-base-ok'])
    await assert.rejects(compare('/none/a', '/none/b', '/none/c', option), {
      message: `${option} compares two runs, and 3 were named`,
      hint: 'cfsbench compare /none/a /none/c --gate',
    });
  await assert.rejects(
    compare('/none/a', '/none/b', '/none/c', '--allow-missing', 'walk-cold'),
    /^UserError: --allow-missing compares two runs/,
  );
});

test('two formats are refused, one that is named twice is not', async () => {
  await assert.rejects(compare('/none/a', '/none/b', '--json', '--format', 'html'), {
    message: '--json and --format html name two formats',
  });
  await assert.rejects(compare('/none/a', '/none/b', '--json', '--format', 'json'), /does not exist/);
});

test('doctor --strict is refused without --bench', async () => {
  await assert.rejects(doctor({ work: '/none', strict: true }), {
    message: '--strict has no effect without --bench',
    hint: 'cfsbench doctor --bench --strict',
  });
});
