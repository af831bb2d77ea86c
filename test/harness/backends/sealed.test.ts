// Backends of verified images are timed as those without verification are: by the clock of their calls.
import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Created } from '../../../harness/model/backend.ts';
import type { Files, Machine } from '../../../harness/model/machine.ts';
import {
  answeringCalls,
  FS_IOC_ENABLE_VERITY,
  FS_IOC_MEASURE_VERITY,
  measuredBytes,
} from '../support/fake-verity.ts';
import { needsRoot, privateMounts } from '../sys/support.ts';
import { openSetting, type Setting } from './setting.ts';

describe('a verified manifest', { skip: needsRoot }, () => {
  let setting: Setting;

  before(async () => {
    privateMounts();
    setting = await openSetting('synthetic:files=20,layers=2,seed=sealed');
  });

  after(() => setting?.remove());

  /** The paths in the last list of calls. */
  let texts: readonly string[] = [];

  /** Objects count as verified; the kernel enforces this digest for each manifest. */
  const sealedMachine = (t: TestContext, digest: string, lacks: readonly string[] = []): Machine => {
    const { machine, features } = setting;
    const { batch } = machine.files;
    const files: Files = {
      ...machine.files,
      // Without the C library.
      enableVerity: () => true,
      batch: batch && { ...batch, ingest: (work) => ({ ...batch.ingest(work), verity: true }) },
    };
    const answers = {
      [FS_IOC_ENABLE_VERITY]: Buffer.alloc(1),
      [FS_IOC_MEASURE_VERITY]: measuredBytes(digest),
    };
    const calls = answeringCalls(t, answers, (listed) => {
      texts = listed.flatMap(({ args }) => args.filter((arg) => typeof arg === 'string'));
    });
    const known = Object.entries(features).map(([id, found]) => [
      id,
      lacks.includes(id) ? { ...found, ok: false } : found,
    ]);
    return { ...machine, features: Object.fromEntries(known), files, calls };
  };

  const skips = (t: TestContext): boolean => {
    const missing = (['overlay-verity', 'overlay-data-layers', 'erofs-file'] as const).filter(
      (id) => !setting.features[id].ok,
    );
    if (missing.length > 0) t.skip(`needs ${missing.join(', ')}`);
    return missing.length > 0;
  };

  /** Descriptors of this process for a manifest. */
  const openManifests = (): readonly string[] =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).endsWith('/image.cfs');
      } catch {
        return false; // The descriptor with which the folder was read.
      }
    });

  const byCallsAlone = async <T>(work: () => Promise<T>): Promise<T> => {
    const { meters, windowKind } = setting.machine;
    const before = meters.windows();
    const done = await work();
    const { count, outsideCount } = meters.windows();
    // Through koffi each list is an operation outside of windows.
    const listCount = windowKind === 'one call' ? count - before.count : outsideCount - before.outsideCount;
    assert.ok(listCount > 0);
    if (windowKind === 'one call') assert.equal(outsideCount, before.outsideCount);
    return done;
  };

  const create = async (machine: Machine, name: string): Promise<Created> => {
    const prepared = await setting.backend('erofs-overlay-verity').prepare(setting.image, machine, {});
    const dir = setting.folder(name);
    return byCallsAlone(() => prepared.create(setting.store, dir));
  };

  for (const lacks of [[], ['overlay-layer-fds'], ['erofs-file']])
    test(`is mounted by call lists alone, without ${lacks[0] ?? 'anything missing'}`, async (t) => {
      if (skips(t)) return;
      const machine = sealedMachine(t, setting.image.manifestDigest, lacks);
      const name = `sealed-${lacks}`;
      const created = await create(machine, name);
      const at = setting.folder(`at-${lacks}`);
      const mounted = await byCallsAlone(() => created.mount(at));
      assert.deepEqual(openManifests(), []);
      const manifest = `${setting.dir}/${name}/image.cfs`;
      assert.equal(texts.filter((text) => text === manifest).length, 1, 'what was asked is what is mounted');
      assert.equal(mounted.took['verity'], 'require, manifest by its digest');
      assert.notDeepEqual(readdirSync(at), []);
      await mounted.unmount();
      await mounted.settle();
      await created.destroy();
    });

  test('is not mounted if the kernel enforces another digest, and nothing stays open', async (t) => {
    if (skips(t)) return;
    const machine = sealedMachine(t, 'ab'.repeat(32));
    const created = await create(machine, 'other');
    const at = setting.folder('at-other');
    await assert.rejects(created.mount(at), {
      code: 'wrong-digest',
      facts: [
        `manifest: ${setting.dir}/other/image.cfs`,
        `expected: ${setting.image.manifestDigest}`,
        `enforced: ${'ab'.repeat(32)}`,
      ],
    });
    assert.deepEqual(openManifests(), []);
    assert.deepEqual(readdirSync(at), []);
    await created.destroy();
  });
});
