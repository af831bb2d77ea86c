// Which package a version names, which modules a guest loads and in which order, and the archive that the kernel unpacks.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { cpioOf, fileEntry, folderEntry } from '../../../harness/vm/cpio.ts';
import { initramfsOf, jobArchive } from '../../../harness/vm/initramfs.ts';
import { chooseKernel } from '../../../harness/vm/kernel.ts';
import { kernelRelease } from '../../../harness/vm/kernel-release.ts';
import { modulesIn } from '../../../harness/vm/modules.ts';
import { temporaryFolder } from '../sys/support.ts';

const NAMES = [
  'linux-image-6.1.0-47-amd64',
  'linux-image-6.1.0-50-amd64',
  'linux-image-6.1.0-50-amd64-unsigned',
  'linux-image-6.1.0-51-cloud-amd64',
  'linux-image-6.12.9+deb13-amd64',
  'linux-image-6.12.117+deb13-amd64',
  'linux-image-6.16.12+deb13-rt-amd64',
  'linux-image-7.3.4+deb13-amd64',
  'linux-binary-7.3.4+deb13-amd64',
  'linux-modules-7.3.4+deb13-amd64',
  'linux-headers-7.4.0+deb13-amd64',
];

test('a version names the newest kernel that begins with all of its parts', () => {
  const chosen = (wanted: string) => chooseKernel(wanted, NAMES)?.version ?? null;
  assert.equal(chosen('6.1'), '6.1.0-50');
  assert.equal(chosen('6.12'), '6.12.117+deb13');
  assert.equal(chosen('6.12.9'), '6.12.9+deb13');
  assert.equal(chosen('6.1.0-47'), '6.1.0-47');
  assert.equal(chosen('6'), '6.12.117+deb13');
  for (const none of ['6.16', '7.4', '6.', '', '.*']) assert.equal(chosen(none), null, none);
});

test('a kernel whose image package is empty comes from two other packages', () => {
  assert.deepEqual(chooseKernel('7.3', NAMES)?.packages, [
    'linux-binary-7.3.4+deb13-amd64',
    'linux-modules-7.3.4+deb13-amd64',
  ]);
  assert.deepEqual(chooseKernel('6.1.0-50', NAMES)?.packages, ['linux-image-6.1.0-50-amd64']);
});

test('a damaged module is named, whatever compresses it', (context) => {
  for (const [name, bytes] of [
    ['erofs.ko.gz', gzipSync(Buffer.alloc(5000, 'x')).subarray(0, 20)],
    ['erofs.ko.gz', Buffer.from('nothing')],
    ['erofs.ko.gz', gzipSync(Buffer.alloc(65 << 20))],
    ['erofs.ko.zst', Buffer.from('nothing')],
    ['erofs.ko.xz', Buffer.from('nothing')],
  ] as const) {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, name), bytes);
    assert.throws(() => modulesIn(folder, null), {
      name: 'UserError',
      message: `cannot read the kernel module ${join(folder, name)}`,
    });
  }
});

const moduleWith = (depends: string, release = ''): Buffer =>
  Buffer.from(
    `ELF\0license=GPL\0depends=${depends}\0name=x\0${release === '' ? '' : `vermagic=${release} SMP preempt mod_unload \0`}`,
    'latin1',
  );

test('modules come after those that they depend on, each once, whatever compresses them', (context) => {
  const folder = temporaryFolder(context);
  const write = (path: string, bytes: Buffer): void => {
    mkdirSync(join(folder, 'kernel'), { recursive: true });
    writeFileSync(join(folder, 'kernel', path), bytes);
  };
  write('erofs.ko.gz', gzipSync(moduleWith('libcrc32c,netfs')));
  write('libcrc32c.ko', moduleWith(''));
  write('netfs.ko', moduleWith('fscache'));
  write('fscache.ko', moduleWith('netfs'));
  write('dm-verity.ko', moduleWith('dm-mod'));
  write('dm-mod.ko', moduleWith(''));
  write('radeon.ko', moduleWith(''));
  const compresses = spawnSync('xz', ['--version']).status === 0;
  if (compresses) {
    writeFileSync(join(folder, 'kernel/overlay.ko'), moduleWith('libcrc32c'));
    execFileSync('xz', [join(folder, 'kernel/overlay.ko')]);
  }
  // A build has links to its sources.
  symlinkSync('..', join(folder, 'kernel/source'));
  const modules = modulesIn(folder, null);
  assert.deepEqual(
    modules.map(({ name }) => name),
    ['libcrc32c', 'fscache', 'netfs', 'erofs', ...(compresses ? ['overlay'] : []), 'dm_mod', 'dm_verity'],
  );
  for (const { name, bytes } of modules) assert.ok(bytes.includes('depends='), name);
});

test('modules of other kernels in the folder are not loaded', (context) => {
  const folder = temporaryFolder(context);
  const releases = ['6.18.1', '6.18.2', '6.18.2-dirty'];
  for (const release of releases) {
    mkdirSync(join(folder, release));
    writeFileSync(join(folder, release, 'erofs.ko'), moduleWith('netfs', release));
    if (release !== '6.18.2') writeFileSync(join(folder, release, 'netfs.ko'), moduleWith('', release));
  }
  const loaded = (release: string | null) => modulesIn(folder, release).map(({ name }) => name);
  assert.deepEqual(loaded('6.18.1'), ['netfs', 'erofs']);
  assert.deepEqual(loaded('6.18.2-dirty'), ['netfs', 'erofs']);
  // What it depends on is built in, or missing: the guest finds out.
  assert.deepEqual(loaded('6.18.2'), ['erofs']);
  assert.deepEqual(loaded(null), ['netfs', 'erofs']);
  assert.throws(() => loaded('6.19.0'), {
    message: `the modules belong to another kernel: ${folder}`,
    facts: ['the kernel: 6.19.0', 'the modules: 6.18.1, 6.18.2, 6.18.2-dirty'],
  });
  const empty = temporaryFolder(context);
  assert.deepEqual(modulesIn(empty, '6.19.0'), []);
});

const bzImage = (version: string): Buffer => {
  const image = Buffer.alloc(4096);
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt16LE(version === '' ? 0 : 0x600, 0x20e);
  image.write(`${version}\0`, 0x800, 'latin1');
  return image;
};

test('the release of a kernel is read from its bzImage, or from the version line of a vmlinux', () => {
  const built = '6.12.0-rc3-00001-g0123abcd-dirty (me@here) #7 SMP';
  assert.equal(kernelRelease(bzImage(built)), '6.12.0-rc3-00001-g0123abcd-dirty');
  assert.equal(kernelRelease(bzImage('6.12.117+deb13-amd64 (debian) #1')), '6.12.117+deb13-amd64');
  const vmlinux = Buffer.from(`\x7fELF\0\0%s version %s\0Linux version ${built}\n\0`, 'latin1');
  assert.equal(kernelRelease(vmlinux), '6.12.0-rc3-00001-g0123abcd-dirty');
  for (const none of [
    bzImage(''),
    bzImage('\u001b[31m'),
    Buffer.from('\x7fELF\0'),
    Buffer.alloc(3),
    Buffer.alloc(0),
  ])
    assert.equal(kernelRelease(none), null);
});

test('cpio extracts the files of the archive', (context) => {
  if (spawnSync('cpio', ['--version']).status !== 0) return context.skip('cpio is not installed');
  const folder = temporaryFolder(context);
  const archive = cpioOf([
    folderEntry('bin'),
    fileEntry('bin/odd', 'abc'),
    fileEntry('init', '#!/bin/odd\n'),
  ]);
  execFileSync('cpio', ['-id', '--quiet'], { cwd: folder, input: archive });
  assert.equal(readFileSync(join(folder, 'bin/odd'), 'utf8'), 'abc');
  assert.equal(readFileSync(join(folder, 'init'), 'utf8'), '#!/bin/odd\n');
});

test('the cached initramfs of a kernel has no script; the archive of the job brings it', () => {
  const kept = initramfsOf(Buffer.from('busybox'), [{ name: 'erofs', bytes: Buffer.from('module') }]);
  assert.ok(!kept.includes('#!/bin/busybox sh'));
  const job = jobArchive('echo job');
  for (const text of ['#!/bin/busybox sh', 'ifconfig lo 127.0.0.1 up', 'echo job'])
    assert.ok(job.includes(text));
});
