// Programs that prepare a guest, and the lists and kernels that the cache keeps. apt is a stand-in.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
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
const APT = `case $1 in
indextargets) echo 'Debian Debian http://mirror/' ;;
update) ! grep -q '^APT::Update::Error-Mode "any";$' "$APT_CONFIG" || exit 100 ;;
esac
`;

/** Stand-ins by name: shell scripts. */
const fake = (t: TestContext, programs: Readonly<Record<string, string>>): void => {
  const bin = temporaryFolder(t);
  for (const [name, text] of Object.entries(programs))
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  withPath(t, `${bin}:${process.env['PATH']}`);
};

test('programs in sbin are found, which the PATH of a user may lack', async (t) => {
  withPath(t, '/usr/bin:/bin');
  assert.match(await runProgram('print the path', ['sh', '-c', 'echo "$PATH"']), /:\/usr\/sbin\b/);
});

test('lists of packages that could not be downloaded are not kept as fresh ones', async (t) => {
  fake(t, { 'apt-get': APT });
  const cache = openHere(t);
  await assert.rejects(
    openPackages(cache, () => {}),
    /cannot download the lists of Debian packages/,
  );
  assert.ok(!existsSync(join(cache.path, 'apt/updated')));
});

test('a package that the mirror has replaced is found in new lists, which are downloaded once', async (t) => {
  const [at, cache] = [temporaryFolder(t), openHere(t)];
  fake(t, {
    'apt-get': `case $1 in
indextargets) echo 'Debian Debian http://mirror/' ;;
update) echo >>${at}/updates ;;
download) [ "$3" = linux-image-6.18.2-amd64 ] && echo >kernel.deb ;;
esac`,
    'apt-cache': `if [ $(wc -l <${at}/updates) -lt 2 ]; then echo linux-image-6.18.1-amd64; else echo linux-image-6.18.2-amd64; fi`,
    'dpkg-deb': 'mkdir -p "$3/boot" "$3/lib/modules" && echo image >"$3/boot/vmlinuz-6.18.2"',
  });
  const updates = () => readFileSync(join(at, 'updates'), 'utf8').length;
  const work = { cache, busybox: join(at, 'updates'), say: () => {} };
  const open = (from: string) => openKernel({ from, modules: null }, work);
  // New lists are not downloaded again.
  await assert.rejects(open('deb:6.18'), /cannot download linux-image-6\.18\.1-amd64/);
  assert.equal(updates(), 1);
  const age = (): void => utimesSync(join(cache.path, 'apt/updated'), 0, Date.now() / 1000 - 86_400);
  age();
  assert.equal((await open('deb:6.18')).name, 'deb:6.18.2');
  assert.equal(updates(), 2);
  age();
  await assert.rejects(open('deb:7.0'), /no kernel of Debian has the version 7\.0/);
  assert.equal(updates(), 3);
});

test('a kept kernel is used without a network, unless other modules are needed now', async (t) => {
  fake(t, { 'apt-get': '' });
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

/** Two kernels in packages that are scripts, which make their files. `firstHas`: the end of the first. */
const twoKernels = (t: TestContext, firstHas: string): void => {
  const one = 'echo first >lib/modules/loop.ko; echo first >lib/modules/erofs.ko';
  const two = 'echo second >boot/vmlinuz-2; echo second >lib/modules/loop.ko';
  fake(t, {
    'apt-get': `case $1 in
indextargets) echo 'Debian Debian http://mirror/' ;;
download) for package; do case $package in
  linux-image-6.1.0-1-amd64) echo '${one}; ${firstHas}' >1.deb ;;
  linux-image-6.12.2-amd64) echo '${two}' >2.deb ;;
esac; done ;;
esac`,
    'apt-cache': `echo linux-image-6.1.0-1-amd64; echo linux-image-6.12.2-amd64`,
    'dpkg-deb': 'mkdir -p "$3/boot" "$3/lib/modules" && cd "$3" && . "$2"',
  });
};

test('a kernel that could not be made leaves neither image nor modules to the next one', async (t) => {
  for (const firstHas of ['true', 'echo first >boot/vmlinuz-1; echo damaged >lib/modules/fuse.ko.gz']) {
    twoKernels(t, firstHas);
    const cache = openHere(t);
    const busybox = join(temporaryFolder(t), 'busybox');
    writeFileSync(busybox, 'busybox');
    const open = (from: string) => openKernel({ from, modules: null }, { cache, busybox, say: () => {} });
    await assert.rejects(open('deb:6.1'), /has no vmlinuz|cannot read the kernel module/);
    const { image, initramfs } = await open('deb:6.12');
    assert.equal(readFileSync(image, 'utf8'), 'second\n');
    const archive = readFileSync(initramfs, 'latin1');
    assert.ok(archive.includes('second\n'));
    assert.ok(!archive.includes('first\n'));
  }
});

/** With the release in its header. */
const bzImage = (release: string): Buffer => {
  const image = Buffer.alloc(0x400);
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt16LE(0x100, 0x20e);
  image.write(`${release} (builder)`, 0x300, 'latin1');
  return image;
};

test('modules of a package that are built for another kernel are refused', async (t) => {
  const at = temporaryFolder(t);
  writeFileSync(join(at, 'image'), bzImage('6.1.0-1-amd64'));
  writeFileSync(join(at, 'module'), '\0license=GPL\0vermagic=6.1.0-2-amd64 SMP\0');
  twoKernels(
    t,
    `cp ${at}/image boot/vmlinuz-1; for m in loop erofs; do cp ${at}/module lib/modules/$m.ko; done`,
  );
  const work = { cache: openHere(t), busybox: join(at, 'image'), say: () => {} };
  await assert.rejects(openKernel({ from: 'deb:6.1', modules: null }, work), /belong to another kernel/);
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
