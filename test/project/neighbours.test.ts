// Which failures are tried again because another process may have caused them, with made readings of /proc/vmstat.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { besideNeighbours, lostByOthers, triedBesideNeighbours } from '../neighbours.ts';

const vmstat = (drops: number, stolen = 0, scanned = 0): string =>
  `nr_free_pages 7\npgsteal_kswapd ${stolen}\ndrop_pagecache ${drops}\ndrop_slab ${drops}\nslabs_scanned ${scanned}\n`;

test('own drops of the caches are no loss by others, further drops and reclaim are', () => {
  const before = vmstat(10);
  assert.equal(lostByOthers(before, before, 0), false);
  assert.equal(lostByOthers(before, vmstat(11), 0), true);
  assert.equal(lostByOthers(before, vmstat(11, 0, 500), 1), false);
  assert.equal(lostByOthers(before, vmstat(12), 1), true);
  assert.equal(lostByOthers(before, before.replace('pagecache 10', 'pagecache 11'), 0), true);
  assert.equal(lostByOthers(before, vmstat(11, 3), 1), true);
  assert.equal(lostByOthers(before, vmstat(10, 0, 500), 0), true);
});

test('assertions that no other process can break count at once, the others are tried again', async () => {
  let made = 0;
  const said: string[] = [];
  const teller = { diagnostic: (line: string) => void said.push(line) };
  const tried = (check: (count: number) => void) =>
    triedBesideNeighbours(teller, 'memory of the kernel', { make: () => ++made, check });
  await tried((count) => assert.equal(count, 2));
  assert.equal(made, 2);
  assert.match(said.join('\n'), /^tried again: another process may have changed memory of the kernel: .*$/);
  const fails = () => assert.fail('always');
  await assert.rejects(tried(fails), { message: 'always' });
  assert.equal(made, 5);
  await assert.rejects(
    triedBesideNeighbours(teller, 'memory of the kernel', {
      make: () => assert.fail(`made ${++made}`),
      check() {},
    }),
    { message: 'made 6' },
  );
  await assert.rejects(
    besideNeighbours(teller, 'memory of the kernel', () => {
      throw new Error(`fault ${++made}`);
    }),
    { message: 'fault 7' },
  );
});
