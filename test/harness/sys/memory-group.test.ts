import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { MemoryGroup } from '../../../harness/model/machine.ts';
import { ownGroup } from '../../../harness/sys/control-groups.ts';
import { makeMemoryGroup } from '../../../harness/sys/memory-group.ts';

const MIB = 1 << 20;

const groupHere = (): MemoryGroup | null => {
  try {
    return makeMemoryGroup();
  } catch {
    return null;
  }
};

const probe = groupHere();
probe?.remove();
const skip = probe === null && 'no usable memory controller';

test('ownGroup finds the group in both versions, also in a path with a colon', () => {
  const both = '5:devices:/\n4:cpu,memory:/jobs/a:b\n0::/unified\n';
  assert.equal(ownGroup(both, 'cgroup', 'memory'), '/jobs/a:b');
  assert.equal(ownGroup(both, 'cgroup2', 'memory'), '/unified');
  assert.equal(ownGroup('5:devices:/x\n', 'cgroup', 'memory'), '/');
});

test('the peak includes exited members, and removal leaves no group', { skip }, () => {
  const group = makeMemoryGroup();
  const before = group.peakBytes();
  const held = 48 * MIB;
  execFileSync('sh', [
    '-c',
    `echo 0 > "$1" && exec head -c ${held} /dev/zero | tail -c ${held} > /dev/null`,
    'sh',
    group.members,
  ]);
  const peak = group.peakBytes();
  assert.ok(before < MIB, `${before}`);
  assert.ok(peak >= held && peak < 4 * held, `${peak}`);
  group.remove();
  assert.ok(!existsSync(dirname(group.members)));
});

test('groups that a killed process of the same id left are no obstacle', { skip }, (t) => {
  const first = makeMemoryGroup();
  const parent = dirname(dirname(first.members));
  first.remove();
  const left = Array.from({ length: 20 }, (_, i) => join(parent, `cfsbench-${process.pid}-${i}`));
  for (const group of left) {
    mkdirSync(group);
    t.after(() => rmdirSync(group));
  }
  const group = makeMemoryGroup();
  assert.equal(dirname(dirname(group.members)), parent);
  group.remove();
});

test('removal moves a live member to the parent group', { skip }, async () => {
  const group = makeMemoryGroup();
  const child = spawn('sleep', ['30']);
  try {
    group.add(child.pid!);
    group.remove();
    assert.ok(!existsSync(dirname(group.members)));
  } finally {
    child.kill();
    await once(child, 'exit');
  }
});
