// File systems made for a slot: usage, lookups, removal.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { MadeType } from '../../../harness/model/machine.ts';
import { runCommand } from '../../../harness/sys/commands.ts';
import { makeFileSystem } from '../../../harness/sys/file-systems.ts';
import { readMounts, topmostAt } from '../../../harness/sys/mountinfo.ts';
import { findProgram } from '../../../harness/sys/spawn.ts';
import { needsRoot, privateMounts } from './support.ts';

const command = async (_actor: string, argv: readonly string[]): Promise<void> => runCommand(argv);

describe('file systems made for a slot', { skip: needsRoot }, () => {
  privateMounts();

  for (const type of ['ext4', 'xfs', 'btrfs', 'tmpfs'] as const satisfies readonly MadeType[])
    test(`${type}: written files count in the usage, and removal leaves nothing`, async (t) => {
      if (type !== 'tmpfs' && findProgram(`mkfs.${type}`) === null) return t.skip(`needs mkfs.${type}`);
      // On a disk: other tests fill the memory file system.
      const dir = mkdtempSync('/var/tmp/cfsbench-made-');
      t.after(() => rmSync(dir, { recursive: true, force: true }));
      const made = await makeFileSystem(type, dir, command);
      assert.equal(topmostAt(readMounts(), made.root)?.type, type);
      if (type === 'ext4' || type === 'xfs') assert.deepEqual([made.journal, made.discard], [true, false]);
      const before = made.usage();
      writeFileSync(join(made.root, 'file'), Buffer.alloc(1 << 20, 'x'));
      execFileSync('sync', ['-f', made.root]);
      assert.ok(made.usage().bytes - before.bytes >= 1 << 20);
      // btrfs reports no inodes.
      if (type !== 'btrfs') assert.equal(made.usage().inodeCount - before.inodeCount, 1);
      if (type !== 'tmpfs') assert.ok(statSync(join(dir, `${type}.disk`)).blocks * 512 < 512 << 20);
      made.remove();
      assert.deepEqual(readdirSync(dir), []);
      const loops = execFileSync('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE']).toString();
      assert.ok(!loops.includes(dir), loops);
    });

  test('an XFS counts each lookup of a name that is not cached', async (t) => {
    if (findProgram('mkfs.xfs') === null) return t.skip('needs mkfs.xfs');
    const dir = mkdtempSync('/var/tmp/cfsbench-made-');
    t.after(() => rmSync(dir, { recursive: true, force: true }));
    const made = await makeFileSystem('xfs', dir, command);
    try {
      mkdirSync(join(made.root, 'folder'));
      const before = made.lookupCount()!;
      for (let i = 0; i < 50; i++) assert.equal(existsSync(join(made.root, 'folder', `none-${i}`)), false);
      assert.equal(made.lookupCount()! - before, 50);
    } finally {
      made.remove();
    }
  });
});
