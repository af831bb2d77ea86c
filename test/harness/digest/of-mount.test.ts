import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openWalker, seesTrusted } from '../../../harness/digest/of-mount.ts';
import { walkMount } from '../support/walk-mount.ts';
import { removeFolder, tempFolder } from './rich-tree.ts';

let folder = '';
before(() => {
  folder = tempFolder();
});
after(() => removeFolder(folder));

const fuseMissing = ((): string | false => {
  if (process.geteuid?.() !== 0) return 'needs root: mounts a FUSE file system';
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    return false;
  } catch {
    return 'needs /dev/fuse';
  }
})();

// The descriptor stays open without a reader, so every request waits forever.
const SCRIPT = `
exec 5<>/dev/fuse
mount -i -t fuse -o fd=5,rootmode=40000,user_id=0,group_id=0 hung "$1" || exit 9
exec "$2" "$3" "$1" "$4"
`;

test('a hung mount ends the walk at its time limit', {
  skip: fuseMissing,
}, () => {
  const at = join(folder, 'hung');
  mkdirSync(at);
  const program = fileURLToPath(new URL('./hung-mount.js', import.meta.url));
  const argv = [
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    SCRIPT,
    'sh',
    at,
    process.execPath,
    program,
  ];
  const said = JSON.parse(
    execFileSync('unshare', [...argv, join(folder, 'listing')], { encoding: 'utf8', timeout: 60_000 }),
  ) as {
    readonly code: string;
    readonly facts: readonly string[];
  };
  assert.equal(said.code, 'timeout');
  assert.deepEqual(said.facts, [`mount: ${at}`, 'limit: 300 ms', 'last line written: none']);
});

test('a missing folder is reported with its errno', async () => {
  await assert.rejects(
    walkMount(join(folder, 'absent'), { timeoutMs: 10_000, listingPath: join(folder, 'listing') }),
    {
      code: 'ENOENT',
    },
  );
});

test('a walk gives counts, file system type and digest', async () => {
  const at = join(folder, 'small');
  mkdirSync(at);
  writeFileSync(join(at, 'file'), 'abc');
  const walked = await walkMount(at, { timeoutMs: 10_000, listingPath: join(folder, 'listing') });
  assert.equal(walked.entryCount, 2);
  assert.equal(walked.fileBytes, 3);
  assert.ok(walked.fsMagic > 0);
});

test('trusted attributes are visible only to root outside user namespaces', () => {
  if (process.geteuid?.() !== 0) assert.equal(seesTrusted(), false);
  else assert.equal(typeof seesTrusted(), 'boolean');
});

test('a walker survives a failed walk and ends with close', async () => {
  const walker = openWalker();
  const options = { timeoutMs: 10_000, listingPath: join(folder, 'listing') };
  const at = join(folder, 'again');
  mkdirSync(at);
  const empty = await walker.walk(at, options);
  await assert.rejects(walker.walk(join(folder, 'absent'), options), { code: 'ENOENT' });
  writeFileSync(join(at, 'file'), 'abc');
  const filled = await walker.walk(at, options);
  assert.deepEqual(filled, await walkMount(at, options));
  assert.notEqual(filled.digest, empty.digest);
  await walker.close();
});
