// The scenarios occupancy and collect-alive on real mounts, checked against the images of the family.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSource } from '../../harness/images/registry.ts';
import { sizeOf } from '../../harness/model/image-size.ts';
import { familySource } from '../../scenarios/families.ts';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, leftOf, okSamples, program, readRun, readSamples } from './support.ts';

const SCENARIOS = ['occupancy', 'collect-alive'];
const MANIFESTS = ['erofs-overlay', 'composefs-fuse'];

test('a run measures the disk usage and the collection of many images', { skip: needsRoot }, async (t) => {
  const out = join(diskFolder(t), 'results');
  const what = ['--scenarios', SCENARIOS.join(), '--images', 'synthetic:files=30,layers=1,seed=none'];
  const how = ['--count-only', '--count-passes', '1', '--budget', '10m'];
  const { code, stdout, stderr } = await program(t, ['run', ...what, ...how, '--out', out]);
  assert.equal(code, 0, stderr);
  assert.match(stdout + stderr, /22 images with [0-9]+ objects in /);
  assert.deepEqual(
    readSamples(out).filter(({ outcome }) => outcome !== 'ok'),
    [],
  );
  const samples = okSamples(out);
  const values = (scenario: string, arm: string, images: number): Readonly<Record<string, number>> =>
    samples.find((one) => one.scenario === scenario && one.arm === arm && one.params['images'] === images)!
      .values;
  const arms = readRun(out).plan.arms.filter((arm) =>
    samples.some((one) => one.scenario === 'occupancy' && one.arm === arm),
  );
  assert.ok(arms.includes('unpacked-overlay'));

  await t.test('every arm proves three members', () => {
    const proofs = readRun(out).proofs.filter(({ image }) => image.includes('family'));
    const proved = new Set(proofs.map(({ arm }) => arm));
    assert.deepEqual(
      arms.filter((arm) => !proved.has(arm)),
      [],
    );
    for (const { members, equal } of proofs) {
      assert.equal(members?.length, 2);
      assert.ok(equal);
    }
  });

  await t.test('the base is on disk once, whatever the number of images', async () => {
    const source = await openSource(familySource({ base: 'certs' }));
    const baseBytes = sizeOf(source.family!.base!).objectBytes;
    const added = source.family!.added.objectBytes;
    await source.close();
    for (const arm of arms) {
      const [one, ten] = [values('occupancy', arm, 1), values('occupancy', arm, 10)];
      assert.ok(one['diskBytes']! > baseBytes * 0.7, `${arm}: ${one['diskBytes']}`);
      assert.ok(ten['diskBytes']! - one['diskBytes']! < 9 * 2 * added, `${arm}: ${ten['diskBytes']}`);
      assert.ok(ten['sharingRatio']! > 3 * one['sharingRatio']!, `${arm}: ${ten['sharingRatio']}`);
      assert.equal(ten['contentBytes'], values('occupancy', 'erofs-overlay', 10)['contentBytes']);
    }
  });

  await t.test('a collection removes the objects that only the replaced images use', () => {
    for (const arm of MANIFESTS.filter((one) => arms.includes(one))) {
      const collected = values('collect-alive', arm, 20);
      assert.equal(collected['removedObjectCount'], collected['removedFileCount']);
      assert.equal(collected['keptObjectCount'], collected['liveObjectCount']);
      assert.ok(collected['removedObjectCount']! > 10);
    }
    // Two of the replaced images had a layer each; of a link store about as many files as objects go.
    assert.ok(values('collect-alive', 'unpacked-overlay', 20)['removedFileCount']! > 40);
    const removed = values('collect-alive', 'erofs-overlay', 20)['removedFileCount']!;
    if (arms.includes('hardlink-checkout')) {
      const unlinked = values('collect-alive', 'hardlink-checkout', 20)['removedFileCount']!;
      assert.ok(Math.abs(unlinked - removed) <= removed / 4, `${unlinked} of ${removed}`);
    }
  });

  await t.test('the run leaves no process, mount or loop device', () => assert.deepEqual(leftOf(out), []));
});
