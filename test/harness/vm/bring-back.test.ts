// A guest can be any kernel: what it returns is unpacked as plain files below one folder, or refused.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { unpackResults } from '../../../harness/vm/bring-back.ts';
import { temporaryFolder } from '../sys/support.ts';

const disk = (context: TestContext, fill: (folder: string) => void, ...options: string[]) => {
  const at = temporaryFolder(context);
  mkdirSync(join(at, 'tree'));
  fill(join(at, 'tree'));
  execFileSync('tar', ['-C', join(at, 'tree'), '-cf', join(at, 'disk'), ...options, '.']);
  // A disk is longer than its archive.
  execFileSync('truncate', ['-s', '1M', join(at, 'disk')]);
  return { disk: join(at, 'disk'), into: join(at, 'into'), at };
};

test('files and folders of a run are unpacked from the disk', (context) => {
  const { disk: from, into } = disk(context, (folder) => {
    mkdirSync(join(folder, 'run/of.1'), { recursive: true });
    writeFileSync(join(folder, 'exit'), '0\n');
    writeFileSync(join(folder, 'run/run.json'), '{}');
    writeFileSync(join(folder, 'run/of.1/report.html'), 'x'.repeat(70_000));
  });
  unpackResults(from, into);
  assert.equal(readFileSync(join(into, 'run/run.json'), 'utf8'), '{}');
  assert.equal(readFileSync(join(into, 'run/of.1/report.html'), 'utf8').length, 70_000);
});

test('links are left out, and nothing is written through them', (context) => {
  const {
    disk: from,
    into,
    at,
  } = disk(context, (folder) => {
    symlinkSync('../..', join(folder, 'away'));
    writeFileSync(join(folder, 'exit'), '0\n');
  });
  unpackResults(from, into);
  assert.deepEqual(readdirSync(into), ['exit']);
  assert.deepEqual(readdirSync(at).sort(), ['disk', 'into', 'tree']);
});

test('names that lead out of the folder or that no run uses are refused', (context) => {
  for (const name of ['../out', 'a/../../out', '/out', 'with space', 'run/.hidden']) {
    const {
      disk: from,
      into,
      at,
    } = disk(
      context,
      (folder) => writeFileSync(join(folder, 'file'), 'x'),
      '-P',
      `--transform=s,^./file$,${name},`,
    );
    assert.throws(() => unpackResults(from, into), /unsafe name/, name);
    assert.ok(!existsSync(join(at, 'out')));
  }
});

test('a disk that the guest did not write unpacks to an empty folder', (context) => {
  const at = temporaryFolder(context);
  writeFileSync(join(at, 'disk'), Buffer.alloc(1 << 20));
  unpackResults(join(at, 'disk'), join(at, 'into'));
  assert.deepEqual(readdirSync(join(at, 'into')), []);
});
