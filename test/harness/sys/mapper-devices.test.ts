// Devices of killed runs: which are removed, and which are somebody else's. The folders of the kernel are made here; test/project has the
// same in a guest, on a kernel with a device mapper.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { deviceNames, type MapperPlaces, removeDevicesOf } from '../../../harness/sys/mapper-devices.ts';
import { temporaryFolder } from './support.ts';

const WORK = '/disk/.cfsbench-work-2026-01-02-host-seed-0123abcd';
const IMAGE = `${WORK}/slots/slot-1/image.erofs`;
const OTHER = '/disk/.cfsbench-work-2026-01-02-host-seed-4567abcd';

interface PlantedDevice {
  readonly name: string;
  readonly uuid?: string;
  /** Files of the loop devices below it; null: another kind of device. */
  readonly files?: readonly (string | null)[];
}

const uuidOf = (name: string): string => `CRYPT-VERITY-${'0'.repeat(32)}-${name}`;

/** `stays`: a device that the kernel does not give up. */
const machineWith = (t: TestContext, devices: readonly PlantedDevice[], stays = '') => {
  const folder = temporaryFolder(t);
  const [blocks, names] = [join(folder, 'block'), join(folder, 'mapper')];
  const write = (path: string, text: string): void => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `${text}\n`);
  };
  write(join(blocks, 'loop0/loop/backing_file'), IMAGE);
  write(join(names, 'control'), '');
  for (const [number, { name, uuid = uuidOf(name), files = [IMAGE] }] of devices.entries()) {
    const device = join(blocks, `dm-${number}`);
    write(join(names, name), '');
    write(join(device, 'dm/name'), name);
    write(join(device, 'dm/uuid'), uuid);
    mkdirSync(join(device, 'slaves'));
    for (const [at, file] of files.entries())
      if (file === null) mkdirSync(join(device, 'slaves/sda'));
      else write(join(device, `slaves/loop${at}/loop/backing_file`), file);
  }
  const removed: string[] = [];
  const places: MapperPlaces = {
    blocks,
    names,
    async remove(name) {
      if (name === stays) return { status: 1, how: 'exit 1', stderr: 'Device or resource busy\n' };
      removed.push(name);
      const number = devices.findIndex((device) => device.name === name);
      rmSync(join(blocks, `dm-${number}`), { recursive: true });
      return { status: 0, how: 'exit 0', stderr: '' };
    },
  };
  return { places, removed, namesLeft: () => readdirSync(names).sort() };
};

const named = deviceNames(WORK);

test('each device of a run has its own name, with a prefix that no other run has', () => {
  const names = new Set(Array.from({ length: 100 }, named));
  assert.equal(names.size, 100);
  const begin = (name: string): string => name.slice(0, -16);
  assert.equal(new Set([...names].map(begin)).size, 1);
  assert.notEqual(begin(named()), begin(deviceNames(OTHER)()));
  // The same folder by another path: the kernel may show either.
  assert.equal(begin(named()), begin(deviceNames(WORK.replace('/disk', '/mnt/disk'))()));
  // DM_NAME_LEN is 128.
  assert.ok(named().length < 64);
  assert.match(named(), /^[\w-]+$/);
});

test('devices of a killed run are removed, whether or not table, file and mount still exist', async (t) => {
  const left = [
    { name: named() },
    { name: named(), files: [] },
    { name: named(), files: [`${IMAGE} (deleted)`] },
    { name: named(), files: [IMAGE.slice('/disk'.length)] },
  ];
  const { places, removed, namesLeft } = machineWith(t, left);
  await removeDevicesOf(WORK, places);
  assert.deepEqual(
    removed,
    left.map(({ name }) => name),
  );
  assert.deepEqual(namesLeft(), ['control']);
});

test('a device that another run or another program made stays, whatever its name is', async (t) => {
  const others: readonly PlantedDevice[] = [
    { name: deviceNames(OTHER)(), files: [IMAGE.replace(WORK, OTHER)] },
    { name: 'cfsbench-root' },
    { name: 'vg-home', uuid: 'LVM-abc' },
    // Names of this run by accident or on purpose.
    { name: named(), uuid: 'LVM-abc' },
    { name: named(), uuid: uuidOf('another') },
    { name: named(), files: [null] },
    { name: named(), files: [IMAGE, '/home/disk.img'] },
    { name: named(), files: [`/home/${WORK.slice(1).replaceAll('/', '-')}`] },
  ];
  const { places, removed, namesLeft } = machineWith(t, others);
  await removeDevicesOf(WORK, places);
  assert.deepEqual(removed, []);
  assert.deepEqual(namesLeft(), ['control', ...others.map(({ name }) => name)].sort());
});

test('the name of a device that the kernel has removed is removed', async (t) => {
  const { places, namesLeft } = machineWith(t, []);
  writeFileSync(join(places.names, named()), '');
  writeFileSync(join(places.names, deviceNames(OTHER)()), '');
  await removeDevicesOf(WORK, places);
  assert.equal(namesLeft().length, 2);
});

test('a device in use is named with what to type', async (t) => {
  const name = named();
  const { places, namesLeft } = machineWith(t, [{ name }], name);
  await assert.rejects(removeDevicesOf(WORK, places), {
    message: `cannot remove the device ${name} of a killed run`,
    facts: ['dmsetup: Device or resource busy'],
    hint: `as root: dmsetup remove ${name}`,
  });
  assert.deepEqual(namesLeft(), [name, 'control']);
});

test('a kernel without a device mapper has nothing to remove', async (t) => {
  const folder = temporaryFolder(t);
  await removeDevicesOf(WORK, {
    blocks: join(folder, 'block'),
    names: join(folder, 'mapper'),
    remove: () => assert.fail('nothing is there'),
  });
  assert.ok(!existsSync(join(folder, 'block')));
});
