// What the server says about long paths, unreadable images, damaged object paths and too many folders.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { imageBytes } from '../../harness/erofs/writer.ts';
import { parseDump } from '../../harness/images/dump-text.ts';
import { batchFiles } from '../../harness/sys/batch-files.ts';
import { openLog } from '../../harness/sys/logs.ts';
import { startServer } from '../../harness/sys/servers.ts';
import { dumpOf, line, root as rootLine } from './dumps.ts';
import { type Lab, newLab, noServer, notRoot, sanitized, whileServed } from './support.ts';

const skip = notRoot || noServer;
const LIMIT_MS = 60_000;
const MOST_FOLDERS = 32;
/** Each byte of the second is four in a message: the whole has more than fit in a line. */
const LONG_PATHS = ['long/'.repeat(600), '\n'.repeat(200).concat('/').repeat(15)];

let lab: Lab;
before(() => {
  lab = newLab();
});
after(() => lab.remove());

const empty = dumpOf([rootLine]);

const whileShared = (work: (mount: (...words: readonly string[]) => string) => void): void => {
  const server = startServer({
    argv: [sanitized(), '--control-fd', '{control}'],
    log: openLog(),
    limitMs: LIMIT_MS,
  });
  try {
    work((...words) => server.sendCommand(['mount', ...words]));
  } finally {
    server.close(LIMIT_MS);
  }
};

test('a message about a long path ends with the reason', { skip }, () => {
  const image = lab.image('empty.cfs', empty);
  for (const path of LONG_PATHS) {
    const { stderr, status } = spawnSync(sanitized(), [join(lab.folder, path), lab.folder], {
      encoding: 'utf8',
      timeout: LIMIT_MS,
    });
    assert.match(stderr, /^cfs-fuse: image: \/.* cannot be read: No such file or directory\n$/);
    assert.ok(stderr.length <= 4096, String(stderr.length));
    assert.equal(status, 1);
  }
  whileShared((mount) => {
    for (const path of LONG_PATHS)
      assert.match(
        mount(image, join(lab.folder, path), '', lab.objects),
        /^mount: \/.*: cannot find the mount point: No such file or directory$/,
      );
  });
});

test('a mount message with too many object folders says how many there may be', { skip }, () => {
  const image = lab.image('many.cfs', empty);
  const at = join(lab.folder, 'many');
  mkdirSync(at);
  const folders = Array.from({ length: MOST_FOLDERS + 1 }, () => lab.objects);
  whileShared((mount) => {
    assert.equal(mount(image, at, '', ...folders.slice(1)), 'ok');
    spawnSync('umount', [at]);
    assert.equal(
      mount(image, at, '', ...folders),
      `mount: at most ${MOST_FOLDERS} object folders are allowed, not ${MOST_FOLDERS + 1}`,
    );
  });
});

test('the check and a collection of an image that cannot be read end with a message, not by a signal', {
  skip,
}, async () => {
  // An image in a mount, in an object that is missing: reading its first page gives SIGBUS.
  const inner = line('/inner.cfs', '100644', { size: 8192, payload: 'ob/missing' });
  await whileServed(lab, lab.image('outer.cfs', dumpOf([rootLine, inner])), async ({ root }) => {
    const ran = spawnSync(sanitized(), ['--check', join(root, 'inner.cfs')], { encoding: 'utf8' });
    assert.match(ran.stderr, /^cfs-fuse: image: .*inner\.cfs cannot be read: Input\/output error\n$/);
    assert.equal(ran.status, 1);
    const kept = join(root, 'inner.cfs');
    const collect = () => batchFiles?.collect({ dirs: [], keep: [kept], removesFolders: false });
    if (batchFiles !== null) assert.throws(collect, { code: 'EIO', facts: [kept] });
  });
});

test('a damaged object path is logged once', { skip }, async () => {
  const payload = 'ob/ject';
  const image = imageBytes(
    parseDump(Buffer.from(dumpOf([rootLine, line('/file', '100644', { size: 7, payload })]), 'latin1')),
  );
  image.writeUInt8(0, image.lastIndexOf(payload) + 1);
  await whileServed(lab, lab.file('path.cfs', image), async ({ root, log }) => {
    for (let i = 0; i < 2; i++) await assert.rejects(readFile(join(root, 'file')), { errno: -117 });
    assert.match(log(), /^cfs-fuse: read: inode \d+ has a damaged object path\n$/);
  });
});
