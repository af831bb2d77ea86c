import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measuringOptions, publicDevice, publicMountOptions } from '../../../results/schema/public-facts.ts';

test('of the kernel command line only options that can change a measurement are left, in order', () => {
  const line =
    'BOOT_IMAGE=/vmlinuz-6.12 root=UUID=1b2c ro quiet mitigations=off isolcpus=nohz,1-3 ip=10.0.0.7::10.0.0.1:::eth0 nopti ' +
    'systemd.hostname=secret transparent-hugepage=never hostname=secret cryptdevice=/dev/sda2:secret nohz_full=1-3 elevator=/home/secret';
  const left = measuringOptions(line);
  assert.equal(left, 'mitigations=off isolcpus=nohz,1-3 nopti transparent-hugepage=never nohz_full=1-3');
  assert.equal(measuringOptions(left), left);
  assert.equal(measuringOptions(''), '');
});

test('disks keep their names; other sources of mounts are replaced by their kind', () => {
  for (const disk of [
    '/dev/sda1',
    '/dev/nvme0n1p2',
    '/dev/vdb',
    '/dev/dm-0',
    '/dev/loop7',
    '/dev/mmcblk0p1',
    '/dev/md127',
  ])
    assert.equal(publicDevice(disk), disk);
  const shown = {
    '/dev/mapper/secret-home': 'a device-mapper volume',
    '/dev/secret/home': 'a block device',
    'secret.example:/export/home': 'a network share',
    '//secret/share': 'a network share',
    'tank/home/secret': 'no block device',
    overlay: 'no block device',
  };
  for (const [source, kind] of Object.entries(shown)) {
    assert.equal(publicDevice(source), kind);
    assert.equal(publicDevice(kind), kind);
  }
});

test('mount options are left without paths, names and addresses', () => {
  const options =
    'rw,relatime,data=ordered,commit=30,subvol=/@home/secret,lowerdir=/var/lib/secret,username=secret,addr=10.0.0.7,compress=zstd:3';
  const left = publicMountOptions(options);
  assert.equal(left, 'rw,relatime,data=ordered,commit=30,compress=zstd:3');
  assert.equal(publicMountOptions(left), left);
});
