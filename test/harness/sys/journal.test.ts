import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isWithoutJournal } from '../../../harness/sys/journal.ts';
import { readMounts, topmostAt } from '../../../harness/sys/mountinfo.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { findProgram } from '../../../harness/sys/spawn.ts';
import { needsRoot, privateMounts } from './support.ts';

const DISK_BYTES = 64 << 20;

describe('an ext4 with a journal, and one without', { skip: needsRoot }, () => {
  privateMounts();

  for (const [features, missing] of [
    ['has_journal', false],
    ['^has_journal', true],
  ] as const)
    test(features, (t) => {
      if (findProgram('mkfs.ext4') === null) return t.skip('needs mkfs.ext4');
      const dir = mkdtempSync('/var/tmp/cfsbench-journal-');
      t.after(() => rmSync(dir, { recursive: true, force: true }));
      const [disk, root] = [join(dir, 'disk'), join(dir, 'root')];
      mkdirSync(root);
      writeFileSync(disk, '');
      truncateSync(disk, DISK_BYTES);
      execFileSync('mkfs.ext4', ['-q', '-F', '-O', features, disk]);
      execFileSync('mount', ['-o', 'loop', disk, root]);
      try {
        assert.equal(isWithoutJournal(topmostAt(readMounts(), root)!), missing);
      } finally {
        mounts.unmount(root, false);
      }
    });
});

test('isWithoutJournal is false for other file systems and unknown devices', () => {
  assert.equal(isWithoutJournal({ type: 'xfs', device: '7:0' }), false);
  assert.equal(isWithoutJournal({ type: 'ext4', device: '4095:1' }), false);
});
