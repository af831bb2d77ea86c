import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { MountOption } from '../../../harness/model/calls.ts';
import { UserError } from '../../../harness/model/errors.ts';
import { files, O_DIRECTORY, O_PATH } from '../../../harness/sys/files.ts';
import { recordPreexistingLoops } from '../../../harness/sys/loop-device.ts';
import { readMounts, topmostAt } from '../../../harness/sys/mountinfo.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { mountAt } from '../../../harness/sys/statmount.ts';
import {
  needsRoot,
  OBJECT_BYTES,
  privateMounts,
  type SampleImage,
  sampleImage,
  temporaryFolder,
} from './support.ts';

const READ_ONLY = ['ro', 'nosuid', 'nodev'] as const;
const REDIRECTS: readonly MountOption[] = [
  ['metacopy', 'on'],
  ['redirect_dir', 'on'],
];

const erofs = (image: string): number => mounts.create('erofs', [['source', image]], READ_ONLY);

/** Mounts, reads both files, unmounts; the lease must then be free. */
const roundTrip = ({ image, at }: SampleImage, options: (lower: number) => readonly MountOption[]): void => {
  const lower = erofs(image);
  const overlay = mounts.create('overlay', [...options(lower), ...REDIRECTS], READ_ONLY);
  files.close(lower);
  mounts.attach(overlay, at);
  assert.equal(mounts.typeAt(at), 'overlay');
  assert.equal(readFileSync(join(at, 'inline'), 'utf8'), 'hello\n');
  assert.equal(readFileSync(join(at, 'sub', 'object'), 'utf8'), 'x'.repeat(OBJECT_BYTES));
  assert.equal(files.leaseFree(image), false);
  mounts.unmount(at);
  assert.equal(mounts.typeAt(at), null);
  assert.equal(files.leaseFree(image), true, 'unmounting the overlay frees the detached EROFS mount too');
};

/** Another process may have taken a device that this test freed. */
const isBound = (name: string): boolean => existsSync(`/sys/block/${name}/loop/backing_file`);

/** More than the number of parallel removals. */
const MANY = 300;

describe('mounting', { skip: needsRoot }, () => {
  before(privateMounts);

  test('overlayfs accepts a detached EROFS mount as a layer and objects by path', (t) => {
    const sample = sampleImage(temporaryFolder(t));
    roundTrip(sample, (lower) => [
      ['lowerdir+', lower],
      ['datadir+', sample.objects],
    ]);
  });

  test('a descriptor replaces a path that is longer than an option can be', (t) => {
    const deep = join(temporaryFolder(t), 'x'.repeat(200), 'y'.repeat(200));
    mkdirSync(deep, { recursive: true });
    const sample = sampleImage(deep);
    const fd = files.open(sample.objects, O_PATH | O_DIRECTORY);
    t.after(() => files.close(fd));
    // The path of the image is too long as well.
    const image = files.open(deep, O_PATH | O_DIRECTORY);
    t.after(() => files.close(image));
    roundTrip({ ...sample, image: `/proc/self/fd/${image}/image` }, (lower) => [
      ['lowerdir+', lower],
      ['datadir+', `/proc/self/fd/${fd}`],
    ]);
  });

  test('the double-colon form accepts a detached mount as /proc/self/fd/N', (t) => {
    const sample = sampleImage(temporaryFolder(t));
    roundTrip(sample, (lower) => [['lowerdir', `/proc/self/fd/${lower}::${sample.objects}`]]);
  });

  test('the error of a failed mount has the option and the messages of the kernel', () => {
    assert.throws(
      () => mounts.create('overlay', [['no_such_option', 'on']], []),
      (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(error.code, 'EINVAL');
        assert.match(error.facts.join('\n'), /no_such_option=on/);
        assert.match(error.facts.join('\n'), /kernel: .*no_such_option/);
        return true;
      },
    );
  });

  test('an option of more than 255 bytes is refused with a hint', () => {
    assert.throws(
      () => mounts.create('overlay', [['lowerdir+', `/${'x'.repeat(300)}`]], []),
      (error) =>
        error instanceof UserError && /255 bytes/.test(error.message) && /--work/.test(error.hint ?? ''),
    );
  });

  test('a failed mount leaves no descriptor open', () => {
    const open = files.names('/proc/self/fd').length;
    for (let i = 0; i < 10; i++) assert.throws(() => erofs('/etc/passwd'));
    assert.equal(files.names('/proc/self/fd').length, open);
  });

  test('a loop device is free after its mount and its descriptor were closed', (t) => {
    const { image, at } = sampleImage(temporaryFolder(t));
    const loop = mounts.loop(image, { directIo: false });
    const lower = mounts.create('erofs', [['source', loop.device], ['ro']], READ_ONLY);
    files.close(loop.fd);
    mounts.attach(lower, at);
    assert.equal(mounts.loopFree(loop.device), false);
    mounts.unmount(at);
    assert.equal(mounts.loopFree(loop.device), true);
  });

  test('loop devices that the kernel made are removed, preexisting ones stay', async (t) => {
    const { image } = sampleImage(temporaryFolder(t));
    const there = () => files.names('/sys/block').filter((name) => name.startsWith('loop'));
    // Other processes take and free devices meanwhile; this device is of this test.
    const kept = mounts.loop(image, { directIo: false });
    t.after(() => files.close(kept.fd));
    const before = there();
    recordPreexistingLoops();
    const loops = Array.from({ length: before.length + MANY }, () => mounts.loop(image, { directIo: false }));
    const made = loops.map(({ device }) => basename(device)).filter((name) => !before.includes(name));
    assert.ok(made.length >= MANY);
    await mounts.removeNewLoops();
    assert.deepEqual(
      made.filter((name) => !there().includes(name)),
      [],
      'a device in use stays',
    );
    for (const { fd } of loops) files.close(fd);
    await mounts.removeNewLoops();
    assert.deepEqual(
      there().filter((name) => made.includes(name) && !isBound(name)),
      [],
    );
    assert.ok(there().includes(basename(kept.device)));
  });

  test('the error of an unmount without a mount names the path', (t) => {
    const folder = temporaryFolder(t);
    assert.throws(() => mounts.unmount(folder), { code: 'EINVAL', facts: [folder] });
  });

  test('statmount and the list of mounts agree on the type of a mount', (t) => {
    const folder = temporaryFolder(t);
    const [at, copy, none] = ['at', 'copy', 'none'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const path of [at, copy, none]) mkdirSync(path);
    const listed = (path: string) => topmostAt(readMounts(), path)?.type ?? null;
    const attach = (type: string, options: readonly MountOption[] = []) =>
      mounts.attach(mounts.create(type, options, []), at);
    attach('tmpfs');
    if (mountAt(at) === undefined) {
      mounts.unmount(at);
      return t.skip('this kernel has no statmount(2)');
    }
    const sample = sampleImage(folder.concat('/at'));
    assert.deepEqual([mountAt(at)?.type, listed(at)], ['tmpfs', 'tmpfs']);
    mounts.attach(mounts.clone(sample.objects), copy);
    assert.deepEqual([mountAt(copy)?.type, listed(copy)], ['tmpfs', 'tmpfs']);
    attach('proc');
    // The upper one of two mounts at the same path.
    assert.deepEqual([mountAt(at)?.type, listed(at)], ['proc', 'proc']);
    assert.equal(mountAt(none), null);
    assert.equal(mountAt(join(folder, 'not there')), undefined);
    assert.equal(mounts.typeAt(join(folder, 'not there')), null);
    for (const path of [copy, at, at]) mounts.unmount(path);
    assert.equal(mountAt(at), null);
  });
});
