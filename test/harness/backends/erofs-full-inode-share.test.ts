// The image for shared pages, on every kernel that mounts EROFS. That pages are shared is seen where the kernel can: sharing-cache.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

  const createIn = async (dir: string): Promise<Created> => {
    const plain = { ...sharedErofsImage, options: [] };
    const prepared = await blockImageLifecycle(setting.image, setting.machine, plain);
    return prepared.create(setting.store, dir);
  };

  test('each file with contents has its SHA-256 in an attribute; the tree is equal otherwise', async (t) => {
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
    const mounted = await (await createIn(setting.folder('image'))).mount(at);
    try {
      let count = 0;
      for (let index = 1; index < image.tree.count; index++) {
        const path = Buffer.concat([Buffer.from(at), toBytes(image.tree.path(index))]);
        const stat = lstatSync(path, { throwIfNoEntry: false });
        if (stat?.isFile() !== true) continue;
        const bytes = readFileSync(path);
        const digest = `sha256:${createHash('sha256').update(bytes).digest().toString('latin1')}`;
        assert.equal(getXattr(path, DIGEST_KEY), bytes.length === 0 ? null : digest, String(path));
        count++;
      }
      assert.ok(count > 20);
    } finally {
      await mounted.unmount();
      await mounted.settle();
    }
  });

  test('fsck.erofs accepts the digests and refuses a changed one', async (t) => {
    const lacking = missing();
    if (lacking !== undefined) return t.skip(`needs ${lacking}`);
    const option = '--xattr-inode-digest';
    const { stdout, stderr } = spawnSync('fsck.erofs', ['--help'], { encoding: 'utf8' });
    if (!`${stdout}${stderr}`.includes(option)) return t.skip(`needs fsck.erofs ${option}`);
    const dir = setting.folder('checked');
    await createIn(dir);
    const file = join(dir, 'image.erofs');
    const check = () => spawnSync('fsck.erofs', [option, file], { encoding: 'utf8' });
    assert.equal(check().status, 0, check().stderr);
    const bytes = readFileSync(file);
    bytes[bytes.indexOf('sha256:') + 'sha256:'.length]! ^= 1;
    writeFileSync(file, bytes);
    assert.notEqual(check().status, 0);
  });

  test('the feature erofs-inode-share names the refused option, or says that pages are shared', () => {
    const { ok, detail } = setting.features['erofs-inode-share'];
    if (!ok) assert.match(detail, /inode_share/);
    else assert.equal(detail, 'two mounts show the same page of equal files');
  });
});
