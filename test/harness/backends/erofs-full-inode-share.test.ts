// The image for shared pages, on every kernel that mounts EROFS. That pages are shared is seen where the kernel can: sharing-cache.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { blockImageLifecycle } from '../../../harness/backends/block-image.ts';
import { backend, sharedErofsImage } from '../../../harness/backends/erofs-full-inode-share.ts';
import type { Created } from '../../../harness/model/backend.ts';
import { toBytes } from '../../../harness/model/bytes.ts';
import { DIGEST_KEY } from '../../../harness/model/inode-digests.ts';
import { getXattr } from '../../../harness/sys/xattrs.ts';
import { needsRoot, privateMounts } from '../sys/support.ts';
import { openSetting, proveAlone, type Setting } from './setting.ts';

describe('EROFS with contents and digests', { skip: needsRoot }, () => {
  privateMounts();
  let setting: Setting;
  before(async () => {
    setting = await openSetting('synthetic:files=60,layers=3,seed=digests');
  });
  after(() => setting.remove());

  const missing = (): string | undefined =>
    backend.needs.find(({ anyOf: [id] }) => id !== 'erofs-inode-share' && setting.features[id!].ok === false)
      ?.title;

  const created = async (): Promise<Created> => {
    const prepared = await blockImageLifecycle(setting.image, setting.machine, {
      ...sharedErofsImage,
      options: [],
    });
    return prepared.create(setting.store, setting.folder('image'));
  };

  test('each file with contents has their SHA-256, and else the tree is equal', async (t) => {
    const lacking = missing();
    if (lacking !== undefined) return t.skip(`needs ${lacking}`);
    const { image, machine, store, expected, workspace } = setting;
    const plain = { ...sharedErofsImage, options: [] };
    const folders = workspace.slot('digests');
    const proved = await proveAlone({
      arm: {
        id: backend.id,
        options: {},
        backend: { ...backend, prepare: (of, on) => blockImageLifecycle(of, on, plain) },
      },
      ...{ image, expected, machine, store, folders, workDir: folders.dir },
    });
    assert.ok(proved.kind === 'proof');
    const { difference, equal, hidden } = proved.proof;
    assert.deepEqual(
      { difference, equal, hidden },
      { difference: null, equal: true, hidden: [`the absence of ${DIGEST_KEY}`] },
    );
    const at = setting.folder('at');
    const mounted = await (await created()).mount(at);
    try {
      let count = 0;
      for (let index = 1; index < image.tree.count; index++) {
        const path = Buffer.concat([Buffer.from(at), toBytes(image.tree.path(index))]);
        const stat = lstatSync(path, { throwIfNoEntry: false });
        if (stat?.isFile() !== true) continue;
        const bytes = readFileSync(path);
        const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
        assert.equal(getXattr(path, DIGEST_KEY), bytes.length === 0 ? null : digest, String(path));
        count++;
      }
      assert.ok(count > 20);
    } finally {
      await mounted.unmount();
      await mounted.settle();
    }
  });

  test('a kernel that does not share pages is asked, and its answer is kept', () => {
    const { ok, detail } = setting.features['erofs-inode-share'];
    if (!ok) assert.match(detail, /inode_share/);
    else assert.equal(detail, 'two mounts show the same page of equal files');
  });
});
