// The files from which contents arrive are in memory before the windows of a warm scenario, and left alone otherwise.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Scenario } from '../../../harness/model/scenario.ts';
import { readIntoCache } from '../../../harness/runner/warm-sources.ts';
import { dropCaches } from '../../../harness/sys/caches.ts';
import { residency } from '../../../harness/sys/residency.ts';
import type { Slot } from '../../../results/schema/run.ts';
import { diskFolder } from '../../end-to-end/support.ts';
import { besideNeighbours } from '../../neighbours.ts';
import { slotOf } from '../support/slot.ts';
import { needsRoot } from '../sys/support.ts';
import { own, ran } from './slot-support.ts';

const CASES: readonly (readonly [string, boolean, Partial<Slot>, Scenario['cache']])[] = [
  ['a timed slot of a warm scenario has', true, { pass: 'time', params: { local: 'files' } }, 'warm'],
  ['a slot of a cold scenario does not have', false, { pass: 'time', params: { local: 'files' } }, 'cold'],
  ['a slot whose image is set up does not have', false, { pass: 'time', params: { local: 'image' } }, 'warm'],
  ['a counting pass does not have', false, { pass: 'count', params: { local: 'files' } }, 'warm'],
];

for (const [what, expected, slot, cache] of CASES)
  test(`${what} the sources of its arm in memory`, { skip: needsRoot }, (t) =>
    besideNeighbours(
      t,
      'the caches',
      async () => {
        const path = join(diskFolder(t), 'source');
        writeFileSync(path, Buffer.alloc(1_000_000, 1));
        execFileSync('sync', [path]);
        dropCaches();
        let share = Number.NaN;
        await ran(t, {
          sources: [path],
          slot: slotOf(slot),
          scenario: {
            cache,
            run() {
              const { residentPages, pages } = residency(path);
              share = residentPages / pages;
              return own();
            },
          },
        });
        assert.equal(share, expected ? 1 : 0);
      },
      1,
    ),
  );

test('of a folder the named files are read, whatever bytes their names have', { skip: needsRoot }, (t) =>
  besideNeighbours(
    t,
    'the caches',
    async () => {
      const root = diskFolder(t);
      const inside = Buffer.concat([Buffer.from(`${root}/tree/deep/`), Buffer.from([0xff, 0xfe])]);
      mkdirSync(join(root, 'tree/deep'), { recursive: true });
      mkdirSync(join(root, 'beside'));
      for (const name of ['tree/read', 'tree/deep/left', 'beside/file'])
        writeFileSync(join(root, name), Buffer.alloc(500_000, 1));
      writeFileSync(inside, Buffer.alloc(500_000, 1));
      linkSync(inside, join(root, 'tree/again'));
      symlinkSync(join(root, 'beside'), join(root, 'tree/link'));
      symlinkSync('nowhere', join(root, 'tree/dangling'));
      execFileSync('sync');
      dropCaches();
      readIntoCache([
        { path: join(root, 'tree'), reads: (path) => !path.endsWith('/left') },
        join(root, 'absent'),
      ]);
      const shares = ['tree/read', 'tree/again', 'tree/deep/left', 'beside/file'].map((name) => {
        const { residentPages, pages } = residency(join(root, name));
        return residentPages / pages;
      });
      assert.deepEqual(shares, [1, 1, 0, 0]);
    },
    1,
  ),
);
