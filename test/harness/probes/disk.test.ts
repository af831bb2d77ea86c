import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { measureDisk } from '../../../harness/probes/disk.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'cfsbench-disk-'));
  mkdirSync(join(folder, 'one/sub'), { recursive: true });
  mkdirSync(join(folder, 'two'));
  writeFileSync(join(folder, 'one/file'), Buffer.alloc(100_000, 1));
  linkSync(join(folder, 'one/file'), join(folder, 'one/sub/again'));
  linkSync(join(folder, 'one/file'), join(folder, 'two/elsewhere'));
  symlinkSync('file', join(folder, 'one/link'));
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/two/odd`), Buffer.from([0xff])]), '');
  execFileSync('sync', ['-f', folder]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const folders = (): string[] => [join(folder, 'one'), join(folder, 'two')];

test('each name and each inode counts once; the given folders do not count', () => {
  const { createdFileCount, createdInodeCount } = measureDisk(folders());
  assert.equal(createdFileCount, 5);
  assert.equal(createdInodeCount, 4);
});

test('an inode that has a name elsewhere counts as a name only', () => {
  const { createdFileCount, createdInodeCount, createdDiskBytes } = measureDisk([join(folder, 'one')]);
  assert.equal(createdFileCount, 3);
  assert.equal(createdInodeCount, 2, 'the folder and the symbolic link');
  assert.ok(createdDiskBytes < 100_000);
});

test('bytes on disk agree with du', () => {
  const all = execFileSync('du', ['-B1', '-s', folder], { encoding: 'utf8' });
  const own = ['', 'one', 'two'].map((name) => {
    const blocks = execFileSync('stat', ['-c', '%b', join(folder, name)], { encoding: 'utf8' });
    return Number(blocks) * 512;
  });
  assert.equal(
    measureDisk(folders()).createdDiskBytes,
    Number.parseInt(all, 10) - own.reduce((a, b) => a + b),
  );
});

test('a folder given twice counts once; a missing folder counts as empty', () => {
  assert.deepEqual(measureDisk([...folders(), ...folders(), join(folder, 'absent')]), measureDisk(folders()));
  assert.equal(measureDisk([join(folder, 'absent')]).createdInodeCount, 0);
});
