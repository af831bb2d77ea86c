import assert from 'node:assert/strict';
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { seesTrusted } from '../../../harness/digest/of-mount.ts';
import { S_IFMT, S_IFREG } from '../../../harness/model/tree.ts';
import { walkMount } from '../support/walk-mount.ts';
import { needsRoot, privateMounts } from '../sys/support.ts';
import { openSetting, type Setting } from './setting.ts';

const HEADLINE = ['composefs-fuse', 'erofs-overlay', 'unpacked-overlay'];

describe('a container that writes', { skip: needsRoot }, () => {
  privateMounts();
  let setting: Setting;
  before(async () => {
    setting = await openSetting('synthetic:files=60,layers=2,seed=writable');
  });
  after(() => setting.remove());

  const belowRoot = (listing: string): readonly string[] =>
    readFileSync(listing, 'latin1').split('\n').slice(1);

  const twoFiles = (): readonly [string, string] => {
    const { tree } = setting.image;
    const files: string[] = [];
    for (let i = 1; i < tree.count; i++) {
      const { mode, size, link } = tree.entry(i);
      if ((mode & S_IFMT) === S_IFREG && size > 0n && link === null) files.push(tree.path(i));
    }
    assert.ok(files.length > 2);
    return [files[0]!, files.at(-1)!];
  };

  for (const id of HEADLINE)
    for (const over of [false, true])
      test(`${id}, ${over ? 'an overlay over the mount' : 'the writable layer of the backend'}`, async () => {
        const { image, machine, store, expected } = setting;
        const prepared = await setting.backend(id).prepare(image, machine, {});
        const name = `${id}-${over}`;
        const created = await prepared.create(store, setting.folder(`${name}-image`));
        const [upper, work, at] = ['upper', 'work', 'at'].map((part) =>
          setting.folder(`${name}-${part}`),
        ) as [string, string, string];
        const listingPath = join(setting.dir, 'seen');
        const mounted = await created.mount(at, over ? { upper, work, over } : { upper, work });
        try {
          assert.equal(machine.mounts.typeAt(at), mounted.fsType);
          assert.equal(mounted.fsType, 'overlay');
          const one = id !== 'composefs-fuse' && !over;
          assert.match(mounted.took['writable']!, one ? /^one overlay$/ : /^overlay over /);
          const walked = await walkMount(at, {
            timeoutMs: 20_000,
            listingPath,
            trusted: seesTrusted(),
          });
          assert.equal(walked.entryCount, image.tree.count);
          // The root has the attributes of the upper folder.
          assert.deepEqual(belowRoot(listingPath), belowRoot(expected.listingPath));

          const [changed, removed] = twoFiles();
          const contents = readFileSync(join(at, changed));
          writeFileSync(join(at, 'new'), 'written');
          chmodSync(join(at, changed), 0o600);
          rmSync(join(at, removed));
          assert.deepEqual(readFileSync(join(at, changed)), contents);
          assert.equal(existsSync(join(at, removed)), false);
          assert.equal(readFileSync(join(upper, 'new'), 'utf8'), 'written');
          assert.equal(lstatSync(join(upper, changed)).mode & 0o7777, 0o600);
          assert.ok(lstatSync(join(upper, removed)).isCharacterDevice());
        } finally {
          await mounted.unmount();
        }
        await mounted.settle();
        assert.equal(machine.mounts.isMount(at), false);
        assert.deepEqual(readdirSync(at), []);
        await created.destroy();
      });
});
