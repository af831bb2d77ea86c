import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dropCaches } from '../../../harness/sys/caches.ts';
import { residency } from '../../../harness/sys/residency.ts';
import { cpuUsage, processCpuNs } from '../../../harness/sys/usage.ts';
import { diskFolder } from '../../end-to-end/support.ts';
import { besideNeighbours } from '../../neighbours.ts';
import { needsRoot } from './support.ts';

test('cpuUsage includes this process and reaped children', () => {
  const before = cpuUsage();
  execFileSync('sh', ['-c', 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done']);
  const after = cpuUsage();
  const spentNs = after.userNs + after.systemNs - before.userNs - before.systemNs;
  assert.ok(spentNs > 10e6, `${spentNs}`);
});

test('processCpuNs increases for a live process and is null for a missing one', () => {
  const before = processCpuNs(process.pid) ?? 0;
  const end = Date.now() + 5000;
  while ((processCpuNs(process.pid) ?? 0) - before < 3e6 && Date.now() < end);
  assert.ok((processCpuNs(process.pid) ?? 0) - before >= 3e6);
  assert.equal(processCpuNs(0x3ffff0), null);
});

test('a new file is resident; an empty one has no pages', (t) => {
  const path = join(diskFolder(t), 'file');
  writeFileSync(path, Buffer.alloc(100_000));
  const { residentPages, pages } = residency(path);
  assert.equal(residentPages, pages);
  assert.ok(pages >= 2);
  closeSync(openSync(path, 'w'));
  assert.deepEqual(residency(path), { residentPages: 0, pages: 0 });
});

test('dropping caches evicts a clean file', { skip: needsRoot }, (t) =>
  besideNeighbours(
    t,
    'the caches',
    () => {
      const path = join(diskFolder(t), 'file');
      writeFileSync(path, Buffer.alloc(1_000_000));
      dropCaches();
      assert.equal(residency(path).residentPages, 0);
    },
    1,
  ),
);
