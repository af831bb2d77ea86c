import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { machineLabel } from '../../../harness/sys/machine-label.ts';

const MACHINE_ID = '0123456789abcdef0123456789abcdef';
const BOOT_ID = '01234567-89ab-4def-8123-456789abcdef';

const labelOf = (files: Readonly<Record<string, string>>): string =>
  machineLabel((path) => files[path] ?? null);
const withMachineId = (id: string): string =>
  labelOf({ '/etc/machine-id': id, '/proc/sys/kernel/random/boot_id': BOOT_ID });

test('each machine has one label of its own, which is no part of the id or of its plain digests', () => {
  const label = withMachineId(`${MACHINE_ID}\n`);
  // Labels of stored runs must stay those of their machines.
  assert.equal(label, 'machine-b5b726');
  assert.equal(withMachineId(MACHINE_ID), label);
  assert.notEqual(withMachineId(MACHINE_ID.replace('0', '1')), label);
  const plain = ['sha256', 'sha1', 'md5'].map((name) => createHash(name).update(MACHINE_ID).digest('hex'));
  for (const text of [MACHINE_ID, ...plain]) assert.ok(!text.includes(label.slice('machine-'.length)));
  assert.match(machineLabel(), /^machine-(?:[0-9a-f]{6}|unknown)$/);
});

test('without a machine id the label is that of the boot', () => {
  const boot = { '/proc/sys/kernel/random/boot_id': BOOT_ID };
  const label = labelOf(boot);
  assert.match(label, /^machine-[0-9a-f]{6}$/);
  for (const id of ['', 'uninitialized\n', 'not an id'])
    assert.equal(labelOf({ ...boot, '/etc/machine-id': id }), label);
  assert.equal(labelOf({}), 'machine-unknown');
});
