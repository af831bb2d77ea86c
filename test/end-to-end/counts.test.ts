// Counts that depend on the number of files, and counts that do not.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Phase } from '../../results/schema/run.ts';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, type OkSample, okSamples, program, readRun } from './support.ts';

const SMALL = 100;
const LARGE = 400;
const FIXED: readonly Phase[] = ['create', 'mount', 'unmount', 'destroy'];

const callsOf = (sample: OkSample, phase: Phase): number =>
  Object.entries(sample.ledger?.[phase] ?? {})
    .filter(([actor]) => actor !== 'runtime')
    .flatMap(([, calls]) => Object.values(calls))
    .reduce((sum, count) => sum + count, 0);

test('calls of erofs-overlay do not depend on the number of files; those of unpacked-overlay grow with it', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  const specs = [SMALL, LARGE].map((files) => `synthetic:files=${files},layers=2,seed=1`);
  const { code, stderr } = await program(t, [
    ...['run', '--scenarios', 'churn', '--backends', 'erofs-overlay,unpacked-overlay'],
    ...['--images', specs.join(','), '--count-only', '--count-passes', '1', '--budget', '9m', '--out', out],
  ]);
  assert.equal(code, 0, stderr);
  const { images } = readRun(out);
  assert.equal(images.length, 2);
  const [small, large] = images.map((image) => ({
    fileCount: image.fileCount,
    sample: (backend: string, local: string): OkSample =>
      okSamples(out).find(
        (one) =>
          one.pass === 'count' &&
          one.image === image.name &&
          one.backend === backend &&
          one.params['local'] === local,
      )!,
  }));
  for (const local of ['nothing', 'files'])
    for (const phase of FIXED)
      assert.deepEqual(
        large!.sample('erofs-overlay', local).ledger?.[phase]?.['harness'],
        small!.sample('erofs-overlay', local).ledger?.[phase]?.['harness'],
        `${phase} with local=${local}`,
      );
  const more = large!.fileCount - small!.fileCount;
  for (const phase of ['create', 'destroy'] as const) {
    const before = callsOf(small!.sample('unpacked-overlay', 'files'), phase);
    const after = callsOf(large!.sample('unpacked-overlay', 'files'), phase);
    t.diagnostic(`${phase}: ${before} calls for ${small!.fileCount} files, ${after} for ${large!.fileCount}`);
    assert.ok(after - before >= more, `${phase}: ${after - before} more calls for ${more} more files`);
  }
});
