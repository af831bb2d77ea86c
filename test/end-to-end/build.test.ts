// The build scenario with every installed tool, from a tree and from a dump.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import {
  diskFolder,
  FEW_BLOCKS,
  okSamples,
  PROGRAM,
  readRun,
  readSamples,
  runFewBlocks,
  untilNothingLeft,
} from './support.ts';

const IMAGE = 'synthetic:files=60,layers=2,seed=1';
const MIB = 1 << 20;
const missing = (tool: string): boolean => spawnSync(tool, ['--help']).error !== undefined;

test('every installed tool builds an image from a tree and from a dump', {
  skip: needsRoot,
}, async (t) => {
  const home = diskFolder(t);
  const out = join(home, 'results');
  await runFewBlocks(t, ['--profile', 'full', '--scenarios', 'build', '--images', IMAGE], out);
  const absent = ['mkcomposefs', 'mkfs.erofs'].filter(missing);
  assert.deepEqual(
    readSamples(out).filter(({ outcome }) => outcome !== 'ok'),
    [],
  );
  const run = readRun(out);
  for (const tool of absent) {
    const skipped = run.skipped.filter(
      (one) => one.kind === 'scenario' && one.scenario === 'build' && one.params?.['tool'] === tool,
    );
    assert.ok(skipped.length > 0 && skipped.every(({ reason }) => reason === 'not installed'));
  }
  const of = (tool: string, from: string) =>
    okSamples(out)
      .filter(({ params, block }) => params['tool'] === tool && params['from'] === from && block < FEW_BLOCKS)
      .map(({ values }) => values);
  assert.equal(of('cfsbench', 'tree').length, FEW_BLOCKS);
  assert.equal(of('cfsbench', 'dump').length, FEW_BLOCKS);
  for (const values of okSamples(out).map((sample) => sample.values))
    assert.ok(values['buildWallNs']! > 0 && values['startWallNs']! > 0);

  // Building from the dump of an image gives an image of the same size.
  const written = join(home, 'image');
  assert.equal(spawnSync(process.execPath, [PROGRAM, 'image', 'build', IMAGE, written]).status, 0);
  const { imageBytes } = JSON.parse(
    spawnSync(process.execPath, [PROGRAM, 'image', 'inspect', '--json', written]).stdout.toString(),
  ) as { imageBytes: number };
  const bytes = (tool: string, from: string) => [...new Set(of(tool, from).map((v) => v['builtBytes']))];
  assert.deepEqual(bytes('cfsbench', 'dump'), [imageBytes]);
  if (!absent.includes('mkcomposefs')) assert.deepEqual(bytes('mkcomposefs', 'dump'), [imageBytes]);
  // An image with contents is larger than all objects; one without contents is smaller.
  const { objectBytes } = run.images[0]!;
  for (const size of bytes('mkfs.erofs', 'tree')) assert.ok(size! > objectBytes, `${size} ${objectBytes}`);
  for (const size of bytes('cfsbench', 'tree')) assert.ok(size! < objectBytes, `${size} ${objectBytes}`);
  if (spawnSync('time', ['-f', '%M', 'true']).status === 0) {
    // Node needs tens of megabytes and mkfs.erofs a few: the peak is that of the tool, not of its parent.
    for (const { buildPeakBytes } of of('cfsbench', 'tree'))
      assert.ok(buildPeakBytes! > 30 * MIB && buildPeakBytes! < 1024 * MIB, String(buildPeakBytes));
    for (const { buildPeakBytes } of of('mkfs.erofs', 'tree'))
      assert.ok(buildPeakBytes! > MIB / 2 && buildPeakBytes! < 30 * MIB, String(buildPeakBytes));
  }
  await untilNothingLeft(home);
});
