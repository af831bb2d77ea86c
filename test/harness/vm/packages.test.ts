// Programs that prepare a guest, and the lists and kernels that the cache keeps. apt is a stand-in.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openCache, type VmCache } from '../../../harness/vm/cache.ts';
import { KERNEL_PREFIX, openKernel } from '../../../harness/vm/kernel.ts';
import { WANTED } from '../../../harness/vm/modules.ts';
import { openPackages } from '../../../harness/vm/packages.ts';
import { runProgram } from '../../../harness/vm/run-program.ts';
import { temporaryFolder } from '../sys/support.ts';

const openHere = (t: TestContext): VmCache => {
  const cache = openCache(temporaryFolder(t));
  t.after(() => cache.close());
  return cache;
};

const withPath = (t: TestContext, path: string): void => {
  const before = process.env['PATH'];
  process.env['PATH'] = path;
  t.after(() => {
    process.env['PATH'] = before;
  });
};

/** Lists that cannot be downloaded are an error only if the configuration says so. */
const APT = `#!/bin/sh
case $1 in
indextargets) echo 'Debian Debian http://mirror/' ;;
update) ! grep -q '^APT::Update::Error-Mode "any";$' "$APT_CONFIG" || exit 100 ;;
esac
`;

const fakeApt = (t: TestContext, text: string): void => {
  const bin = temporaryFolder(t);
  writeFileSync(join(bin, 'apt-get'), text, { mode: 0o755 });
  withPath(t, `${bin}:${process.env['PATH']}`);
};

test('programs in sbin are found, which the PATH of a user may lack', async (t) => {
  withPath(t, '/usr/bin:/bin');
  assert.match(await runProgram('print the path', ['sh', '-c', 'echo "$PATH"']), /:\/usr\/sbin\b/);
});

test('lists of packages that could not be downloaded are not kept as fresh ones', async (t) => {
  fakeApt(t, APT);
  const cache = openHere(t);
  await assert.rejects(
    openPackages(cache, () => {}),
    /cannot download the lists of Debian packages/,
  );
  assert.ok(!existsSync(join(cache.path, 'apt/updated')));
});

test('a kept kernel is used without a network, unless other modules are needed now', async (t) => {
  fakeApt(t, '#!/bin/sh\n');
  const cache = openHere(t);
  const folder = join(cache.path, `${KERNEL_PREFIX}6.12.1`);
  mkdirSync(folder);
  const open = () => openKernel({ from: 'deb:6.12.1', modules: null }, { cache, busybox: '', say: () => {} });
  await assert.rejects(open(), /no Debian mirror/);
  writeFileSync(join(folder, 'modules'), `${WANTED.join('\n')}\n`);
  assert.equal((await open()).image, join(folder, 'vmlinuz'));
  writeFileSync(join(folder, 'modules'), 'ext4\n');
  await assert.rejects(open(), /no Debian mirror/);
});

test('a part that is not current is made again in its place', async (t) => {
  const cache = openHere(t);
  const text = async (made: string, isCurrent: boolean): Promise<string> =>
    readFileSync(
      await cache.part(
        'kernel-1',
        (path) => writeFileSync(path, made),
        () => isCurrent,
      ),
      'utf8',
    );
  assert.equal(await text('one', false), 'one');
  assert.equal(await text('two', true), 'one');
  assert.equal(await text('three', false), 'three');
});
