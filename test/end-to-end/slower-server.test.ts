// The gate finds a planted delay in the server. Measures time: no other test may run beside it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, leftOf, program, readRun } from './support.ts';

const IMAGE = 'synthetic:files=60,layers=2,seed=3';

const canCompile = spawnSync('cc', ['--version']).status === 0;
const skip = needsRoot || (canCompile ? false : 'there is no C compiler');

test('a slower build of the server fails the gate, and fails it again when confirmed in a fresh process', {
  skip,
}, async (t) => {
  const home = diskFolder(t);
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const built = spawnSync('sh', ['daemon/build.sh', join(home, 'slow')], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CFLAGS: '-DCFS_TEST_DELAY_NS=2000000' },
  });
  assert.equal(built.status, 0, built.stderr);
  const out = join(home, 'results');
  const arms = ['composefs-fuse', `composefs-fuse@server=${join(home, 'slow/cfs-fuse')}`];
  const where = ['--placement', 'same-cpu'];
  const what = ['--scenarios', 'walk-warm', '--images', IMAGE, '--profile', 'quick', '--budget', '5m'];
  const options = [...what, ...where];
  const run = await program(t, ['run', '--ab', ...arms, ...options, '--out', out]);
  assert.equal(run.code, 0, run.stderr);
  const untrusted = ['compare', out, '--gate', '--explain', '--confirm'];
  const refused = await program(t, untrusted);
  assert.equal(refused.code, 1, refused.stderr);
  assert.match(refused.stderr, new RegExp(`^  it would run: ${home}/slow/cfs-fuse$`, 'm'));
  assert.equal(existsSync(`${out}-confirm`), false);
  const confirm = [...untrusted, '--trust-run'];
  const recorded = readFileSync(join(out, 'run.json'), 'utf8');
  writeFileSync(join(out, 'run.json'), recorded.replace('"kernel": "', '"kernel": "another '));
  const elsewhere = await program(t, confirm);
  assert.equal(elsewhere.code, 4, elsewhere.stderr);
  assert.match(elsewhere.stderr, /^cfsbench: cannot confirm .*: the machine or its programs have changed$/m);
  writeFileSync(join(out, 'run.json'), recorded);
  const { code, stdout, stderr } = await program(t, confirm);
  assert.equal(code, 2, `${stdout}${stderr}`);
  assert.match(stderr, /Measuring 1 slower row\(s\) again: .* --budget 300s/);
  assert.match(
    stdout.replace(/\s+/g, ' '),
    /ls -lR of the whole image .* the whole interval is beyond the threshold of 5 %/,
  );
  const confirmed = readRun(`${out}-confirm`);
  assert.deepEqual(confirmed.plan.scenarios, ['walk-warm']);
  assert.ok(confirmed.plan.slots.every(({ placement }) => placement === 'same-cpu'));
  const again = await program(t, confirm);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /the folder of the confirmation run already exists/);
  assert.deepEqual(leftOf(home), []);
});
