// A server whose files are on a full file system.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { privateMounts } from '../harness/sys/support.ts';
import { dumpOf, root as rootLine } from './dumps.ts';
import { newLab, noServer, notRoot, sanitized } from './support.ts';

const BYTES = 65_536;
const PAGE_BYTES = 4096;
const LIMIT_MS = 30_000;

describe('a full disk', { skip: notRoot || noServer }, () => {
  privateMounts();

  test('counters for which it has no room are refused at the start, before the first count', (t) => {
    const lab = newLab();
    const [disk, root] = ['disk', 'root'].map((name) => join(lab.folder, name)) as [string, string];
    for (const folder of [disk, root]) mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${BYTES}`, 'disk', disk]);
    t.after(() => {
      execFileSync('umount', [disk]);
      spawnSync('umount', ['-l', root]);
      lab.remove();
    });
    const stats = join(disk, 'stats');
    writeFileSync(stats, '');
    truncateSync(stats, PAGE_BYTES);
    assert.throws(() => writeFileSync(join(disk, 'rest'), Buffer.alloc(2 * BYTES)), { code: 'ENOSPC' });
    const ran = spawnSync(sanitized(), ['--stats', stats, lab.image('empty.cfs', dumpOf([rootLine])), root], {
      encoding: 'utf8',
      timeout: LIMIT_MS,
    });
    assert.match(ran.stderr, /^cfs-fuse: stats: .*: No space left on device\n$/);
    assert.equal(ran.status, 1);
  });
});
