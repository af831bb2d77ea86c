import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Image } from '../../../harness/model/image.ts';
import { LIFE_PHASES, type LivesAsked, type LivesResult } from '../../../harness/model/lives.ts';
import { type LivesParts, runLives } from '../../../harness/runner/lives.ts';
import { readMounts } from '../../../harness/sys/mountinfo.ts';
import { firstFiles, readyNs } from '../../../scenarios/lives.ts';
import { openSetting, type Setting } from '../backends/setting.ts';
import { needsRoot, privateMounts } from '../sys/support.ts';

const BACKENDS = [
  'erofs-overlay',
  'composefs-fuse',
  'composefs-fuse-shared',
  'unpacked-overlay',
  'unpacked-overlay-unlinkat',
  'hardlink-checkout',
  'hardlink-checkout-unlinkat',
  'reflink-checkout',
];
const STALL_NS = 300e6;

const assertAscending = ({ lives }: LivesResult): void => {
  for (const { dueNs, begunNs, endsNs } of lives) {
    const times = [dueNs, begunNs, ...LIFE_PHASES.map((phase) => endsNs[phase])];
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  }
};

describe('lives in worker processes', { skip: needsRoot }, () => {
  privateMounts();
  let setting: Setting;
  before(async () => {
    setting = await openSetting('synthetic:files=30,layers=2,seed=1');
  });
  after(() => setting.remove());

  let homes = 0;
  const partsFor = (id: string, images: readonly Image[] = [setting.image]): LivesParts => ({
    arm: { id, backend: setting.backend(id), options: {} },
    machine: setting.machine,
    images,
    store: setting.store,
    home: setting.folder(`home-${homes++}`),
    scratch: setting.workspace.scratch,
    limitMs: () => 60_000,
  });
  const asked = (more: Partial<LivesAsked> = {}): LivesAsked => ({
    starts: [firstFiles(setting.image.tree)],
    workers: 4,
    order: Array.from({ length: 12 }, () => 0),
    dueNs: null,
    mostLateNs: null,
    mostNs: 60e9,
    ...more,
  });
  /** Neither a mount nor anything below the folder of the lives. */
  const assertGone = ({ home }: LivesParts): void => {
    assert.deepEqual(readdirSync(home), []);
    assert.deepEqual(
      readMounts().filter(({ at }) => at.startsWith(home)),
      [],
    );
  };

  const lacks = (t: TestContext, id: string): boolean => {
    const unmet = setting
      .backend(id)
      .needs.find(({ anyOf }) => !anyOf.some((feature) => setting.features[feature].ok));
    if (unmet !== undefined) t.skip(`needs ${unmet.title}`);
    return unmet !== undefined;
  };

  test('a backend that copies its image in pieces is skipped with the reason', async (t) => {
    if (lacks(t, 'erofs-full')) return;
    await assert.rejects(runLives(partsFor('erofs-full'), asked()), {
      code: 'skip',
      message: 'workers cannot make a life of this backend: it needs open as a call of its own',
    });
  });

  for (const id of BACKENDS)
    test(`${id}: four workers live twelve lives and leave nothing`, async (t) => {
      if (lacks(t, id)) return;
      const parts = partsFor(id);
      const result = await runLives(parts, asked());
      assert.deepEqual(result.failed, []);
      assert.equal(result.lives.length, 12);
      assertAscending(result);
      assert.ok(result.cpuNs > 0);
      assert.ok(result.mostMounts >= 1 && result.mostMounts <= 4);
      assertGone(parts);
    });

  for (const [id, phase] of [
    ['erofs-overlay', 'mount'],
    ['composefs-fuse', 'mount'],
    ['composefs-fuse-shared', 'mount'],
    ['hardlink-checkout', 'use'],
  ] as const)
    test(`${id}: sixteen workers report each failed life, and the others go on`, async () => {
      const { image } = setting;
      // No image; and a file that no image has.
      const damaged: Image = { ...image, manifest: Buffer.alloc(image.manifest.length, 7) };
      const parts = partsFor(id, [image, damaged]);
      const [good] = asked().starts;
      const missing = { files: [{ path: '/absent', sizeBytes: 1 }] };
      const order = Array.from({ length: 64 }, (_, i) => (i % 4 === 3 ? 1 : 0));
      const result = await runLives(parts, asked({ starts: [good!, missing], workers: 16, order }));
      assert.equal(result.lives.length, 48);
      assert.equal(result.failed.length, 16);
      for (const one of result.failed) {
        assert.equal(one.image, 1);
        assert.equal(one.phase, phase);
        assert.notEqual(one.message, '');
      }
      assertGone(parts);
    });

  test('manifests that were written in part are written again', async (t) => {
    const parts = { ...partsFor('erofs-overlay'), scratch: setting.folder('small-disk') };
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'disk', parts.scratch]);
    t.after(() => execFileSync('umount', [parts.scratch]));
    assert.ok(setting.image.manifest.length > 4096);
    await assert.rejects(runLives(parts, asked()), { code: 'ENOSPC' });
    execFileSync('mount', ['-o', 'remount,size=16m', parts.scratch]);
    const { failed } = await runLives({ ...parts, home: setting.folder('home-again') }, asked());
    assert.deepEqual(failed, []);
  });

  test('a life that begins late counts from the moment at which it was due', async () => {
    const order = Array.from({ length: 50 }, () => 0);
    const dueNs = order.map((_, i) => i * 20e6);
    const stall = { life: 10, ns: STALL_NS };
    const { lives } = await runLives(partsFor('erofs-overlay'), asked({ workers: 1, order, dueNs, stall }));
    const latencies = lives.map(readyNs);
    assert.ok(latencies[10]! >= STALL_NS - 20e6, `${latencies[10]}`);
    // Those that were due meanwhile waited, too.
    for (const i of [11, 12, 13, 14, 15])
      assert.ok(latencies[i]! >= STALL_NS - 20e6 * (i - 8), `${i}: ${latencies[i]}`);
  });

  test('an arm that falls behind stops after the declared delay', async () => {
    const order = Array.from({ length: 10_000 }, () => 0);
    const result = await runLives(
      partsFor('hardlink-checkout'),
      asked({ workers: 2, order, dueNs: order.map((_, i) => i * 1e4), mostLateNs: 200e6 }),
    );
    assert.equal(result.fellBehind, true);
    assert.ok(result.lives.length < order.length);
    assert.ok(result.lives.every(({ dueNs, begunNs }) => begunNs - dueNs <= 200e6));
  });
});
