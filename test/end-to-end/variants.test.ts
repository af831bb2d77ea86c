// Every variant of the FUSE server from the command line.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { backends } from '../../harness/backends/registry.ts';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, leftOf, program, readRun, readSamples } from './support.ts';

const VARIANTS = backends
  .map(({ id }) => id)
  .filter((id) => /^composefs-fuse(-noacl|-noxattr|-passthrough|-overlay|-shared)?$/.test(id));
const ARMS = [
  ...VARIANTS,
  'composefs-fuse@transport=threads',
  'composefs-fuse-overlay@transport=threads',
  'composefs-fuse@transport=uring',
  'erofs-overlay',
];

test('a run of every variant of the FUSE server', { skip: needsRoot }, async (suite) => {
  const home = diskFolder(suite);
  const out = join(home, 'results');
  const finished = await program(suite, [
    'run',
    ...['--images', 'synthetic:files=120,layers=2,seed=4', '--scenarios', 'churn', '--count-only'],
    ...['--backends', ARMS.join(','), '--count-passes', '2', '--budget', '9m', '--out', out],
  ]);
  const run = readRun(out);
  const samples = readSamples(out);

  await suite.test('has six variants', () => assert.equal(VARIANTS.length, 6));

  await suite.test('shows the same tree on every variant, or gives a reason for skipping it', () => {
    assert.equal(finished.code, 0, finished.stderr);
    const proofs = run.proofs.filter(({ equal }) => equal).map(({ arm }) => arm);
    for (const arm of ARMS)
      assert.ok(
        proofs.includes(arm) ||
          finished.stdout.includes(`skipped: ${arm}`) ||
          finished.stderr.includes(`skipped: ${arm}`),
        arm,
      );
    assert.equal(new Set(run.proofs.map(({ treeDigest }) => treeDigest)).size, 1);
  });

  await suite.test('measures every slot and leaves nothing behind', () => {
    const bad = samples.filter(({ outcome }) => outcome !== 'ok');
    assert.deepEqual(bad, []);
    assert.deepEqual(leftOf(home), []);
  });

  await suite.test('records the transport of requests and the reader of contents', () => {
    const took = (arm: string) => samples.find((sample) => sample.arm === arm)?.took ?? {};
    assert.equal(took('composefs-fuse')['transport'], 'read-write');
    assert.equal(took('composefs-fuse@transport=threads')['transport'], 'threads');
    assert.equal(took('composefs-fuse-noacl')['xattr'], 'no-acl');
    assert.equal(took('composefs-fuse-noxattr')['xattr'], 'auto');
    assert.equal(took('composefs-fuse-passthrough')['data'], 'passthrough');
    assert.match(took('composefs-fuse-overlay')['layers'] ?? '', /^root/);
  });
});
