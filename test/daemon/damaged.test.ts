import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { imageBytes } from '../../harness/erofs/writer.ts';
import { parseDump } from '../../harness/images/dump-text.ts';
import { seeded } from '../../harness/model/random.ts';
import { allTypes, dumpOf, line, root as rootLine } from './dumps.ts';
import {
  type Lab,
  listTree,
  newLab,
  noCompiler,
  noServer,
  notRoot,
  sanitized,
  serve,
  whileServed,
} from './support.ts';

const skip = notRoot || noServer;

let lab: Lab;
let sound: Buffer;
before(() => {
  lab = newLab();
  lab.object('ob/ject', 'seven b');
  sound = imageBytes(parseDump(Buffer.from(allTypes, 'latin1')));
});
after(() => lab.remove());

/** Runs --check. A sanitizer's report or a signal fails the test. */
const check = (bytes: Uint8Array): { code: number; output: string } => {
  const path = lab.file('damaged.cfs', bytes);
  const ran = spawnSync(sanitized(), ['--check', path], { encoding: 'latin1', timeout: 20_000 });
  const output = ran.stdout + ran.stderr;
  assert.ok(ran.status === 0 || ran.status === 1, `ended with ${ran.status ?? ran.signal}: ${output}`);
  assert.doesNotMatch(output, /Sanitizer|runtime error/);
  return { code: ran.status, output };
};

const changed = (change: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.from(sound);
  change(bytes);
  return bytes;
};

/** Mounts the image if its head allows it, and visits everything, ignoring errors. */
const visit = async (bytes: Uint8Array): Promise<void> => {
  const path = lab.file('visited.cfs', bytes);
  let refused = false;
  const served = await serve(lab, path).catch((error: Error) => {
    assert.match(error.message, /^the server ended with 1: cfs-fuse: image: /);
    refused = true;
    return null;
  });
  if (refused || served === null) return;
  try {
    spawnSync('find', [served.root, '-ls'], { stdio: 'ignore', timeout: 20_000 });
    spawnSync('grep', ['-r', 'x', '-D', 'skip', served.root], { stdio: 'ignore', timeout: 20_000 });
    spawnSync('getfattr', ['-R', '-h', '-d', '-m', '-', served.root], { stdio: 'ignore', timeout: 20_000 });
  } finally {
    const code = await served.close();
    assert.equal(code, 0, served.log());
    assert.doesNotMatch(served.log(), /Sanitizer|runtime error|refused by the kernel/);
  }
};

for (const [damage, at, value, sentence] of [
  ['another magic number', 0, 1, 'is not a composefs image'],
  ['another format', 4, 9, 'unknown composefs format'],
  ['unknown flags', 8, 0x80, 'unknown composefs flags'],
  ['no superblock', 1024, 0, 'no EROFS superblock'],
  ['other blocks', 1036, 9, 'block size other than 4096'],
  ['unknown features', 1104, 1, 'EROFS features'],
  ['metadata elsewhere', 1064, 1, 'metadata at block 0'],
  ['a root beyond the end', 1039, 0xff, 'damaged root'],
  ['more blocks than bytes', 1062, 1, 'shorter than its superblock states'],
] as const)
  test(`an image with ${damage} is refused with a message`, { skip: notRoot || noCompiler }, async () => {
    const { code, output } = check(changed((bytes) => bytes.writeUInt8(value, at)));
    assert.equal(code, 1);
    assert.ok(output.startsWith('cfs-fuse: image: ') && output.includes(sentence), output);
  });

test('a truncated image is refused', { skip: notRoot || noCompiler }, () => {
  for (let bytes = 0; bytes < sound.length; bytes += bytes < 1200 ? 97 : 1733)
    assert.equal(check(sound.subarray(0, bytes)).code, 1, `${bytes} bytes`);
});

test('changed bytes of an image never crash the check', { skip: notRoot || noCompiler }, () => {
  const random = seeded('bytes');
  let found = 0;
  for (let i = 0; i < 150; i++)
    found += check(
      changed((bytes) => {
        for (let n = random.int(1, 8); n > 0; n--)
          bytes.writeUInt8(random.int(0, 255), random.int(1024, bytes.length - 1));
      }),
    ).code;
  assert.ok(found > 10, `only ${found} of 150 changes were noticed`);
});

test('an image with changed bytes never crashes the server', {
  skip,
}, async () => {
  const random = seeded('visits');
  for (let i = 0; i < 40; i++)
    await visit(
      changed((bytes) => {
        for (let n = random.int(1, 60); n > 0; n--)
          bytes.writeUInt8(random.int(0, 255), random.int(1152, bytes.length - 1));
      }),
    );
});

const nested = dumpOf([
  rootLine,
  line('/outer', '40755', { nlink: 2 }),
  line('/outer/inner', '40755', { nlink: 2 }),
  line('/outer/inner/file', '100644', { content: 'found' }),
]);

// A directory block begins with records of 12 bytes, each of which begins with an inode number.
const RECORD_BYTES = 12;
/** `inner` is the last of three names, after `.` and `..`. */
const recordOfInner = (image: Buffer): number => image.lastIndexOf('...inner') - RECORD_BYTES;
/** `outer` is the last name of the root's only block, after `.`, `..` and 256 whiteouts. */
const recordOfOuter = (image: Buffer): number => {
  const nameAt = image.lastIndexOf('ffouter');
  return nameAt - (nameAt % 4096) + 258 * RECORD_BYTES;
};

test('the check finds a directory that contains itself, and a walk of it ends', { skip }, async () => {
  const image = imageBytes(parseDump(Buffer.from(nested, 'latin1')));
  const outer = recordOfOuter(image);
  const inner = recordOfInner(image);
  image.copy(image, inner, outer, outer + 8);
  assert.match(check(image).output, /a directory is reached twice/);
  const path = lab.file('loop.cfs', image);
  await whileServed(lab, path, async ({ root }) => {
    assert.deepEqual(await readdir(join(root, 'outer')), ['inner']);
    await assert.rejects(lstat(join(root, 'outer/inner/inner')));
  });
});

/** Numbers of the inodes of a folder, which has no other names than these; they are as long as its block has them. */
const inodesOf = (image: Buffer, names: readonly string[]): readonly number[] => {
  const start = image.lastIndexOf(`...${names.join('')}`) - (names.length + 2) * RECORD_BYTES;
  return names.map((_, i) => Number(image.readBigUInt64LE(start + (i + 2) * RECORD_BYTES)));
};

const SLOT_BYTES = 32;
const BLOCK_BYTES = 4096;
/** In an inode: number of units of attributes, size, first block. */
const [UNITS_AT, SIZE_AT, BLOCK_AT] = [2, 8, 16] as const;

test('the check refuses directories that share blocks, whose names it would read again for each', {
  skip: notRoot || noCompiler,
}, () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const dump = [
    rootLine,
    line('/outer', '40755', { nlink: 2 }),
    ...names.map((name) => line(`/outer/${name}`, '40755', { nlink: 2 })),
    ...Array.from({ length: 300 }, (_, i) => line(`/outer/a/${String(i).padStart(200, '0')}`, '100644')),
  ];
  const image = imageBytes(parseDump(Buffer.from(dumpOf(dump), 'latin1')));
  assert.equal(check(image).code, 0);
  const [large, ...others] = inodesOf(image, names).map((nid) => nid * SLOT_BYTES);
  const bytes = image.readUInt32LE(large! + SIZE_AT);
  for (const at of others) {
    image.writeUInt32LE(bytes - (bytes % BLOCK_BYTES), at + SIZE_AT);
    image.copy(image, at + BLOCK_AT, large! + BLOCK_AT, large! + BLOCK_AT + 4);
  }
  assert.match(check(image).output, /several directories have the same blocks/);
});

test('the check refuses inodes whose attributes overlap', { skip: notRoot || noCompiler }, () => {
  const names = Array.from({ length: 10 }, (_, i) => `${i}`);
  const dump = [
    rootLine,
    line('/outer', '40755', { nlink: 2 }),
    ...names.map((name) => line(`/outer/${name}`, '100644', { xattrs: `user.abcd=${name}` })),
    // Inodes behind those of `outer`.
    line('/zz', '40755', { nlink: 2 }),
    line('/zz/zz', '40755', { nlink: 2 }),
    ...Array.from({ length: 20 }, (_, i) => line(`/zz/zz/${i}`, '100644', { content: `${i}`.padEnd(4000) })),
  ];
  const image = imageBytes(parseDump(Buffer.from(dumpOf(dump), 'latin1')));
  assert.equal(check(image).code, 0);
  // Each has one attribute, whose value now ends after all inodes.
  for (const at of inodesOf(image, names).map((nid) => nid * SLOT_BYTES)) {
    const entry = at + (image.readUInt16LE(at) % 2 === 0 ? 32 : 64) + 12;
    const [nameBytes, valueBytes] = [image.readUInt8(entry), 40_000];
    assert.equal(nameBytes, 4);
    image.writeUInt16LE(valueBytes, entry + 2);
    image.writeUInt16LE(1 + (4 + nameBytes + valueBytes) / 4, at + UNITS_AT);
  }
  assert.match(check(image).output, /extended attributes of several inodes overlap/);
});

test('the check visits an inode once, however many names lead to it', { skip: notRoot || noCompiler }, () => {
  // Visited for each name, its attributes would be more than the image.
  const dump = [
    rootLine,
    line('/first', '100644', { nlink: 501, xattrs: `user.large=${'v'.repeat(2000)}` }),
    ...Array.from({ length: 500 }, (_, i) => line(`/link${i}`, '@100644', { payload: '/first' })),
  ];
  const { code, output } = check(imageBytes(parseDump(Buffer.from(dumpOf(dump), 'latin1'))));
  assert.equal(code, 0, output);
  assert.match(output, /is sound: 502 entries, 1 directories/);
});

test('a damaged inode gives EUCLEAN only for its own name', { skip }, async () => {
  const image = imageBytes(parseDump(Buffer.from(nested, 'latin1')));
  const inner = recordOfInner(image);
  image.writeBigUInt64LE(1n, inner);
  assert.match(check(image).output, /damaged or outside the image/);
  const path = lab.file('one.cfs', image);
  await whileServed(lab, path, async ({ root }) => {
    assert.deepEqual(await readdir(join(root, 'outer')), ['inner']);
    await assert.rejects(
      lstat(join(root, 'outer/inner')),
      (error: NodeJS.ErrnoException) => error.errno === -117,
    );
    assert.ok((await lstat(join(root, 'outer'))).isDirectory());
  });
});

for (const [damage, first, second] of [
  ['unsorted names', 'bbbb', 'aaaa'],
  ['the same name twice', 'aaaa', 'aaaa'],
  ['a name with a slash', 'aa/a', 'bbbb'],
  ['a name with a zero byte', 'aa\0a', 'bbbb'],
  ['a last name that continues after a zero byte', 'aaaa', 'b\0bb'],
] as const)
  test(`the check finds ${damage}, and a listing gives EUCLEAN`, { skip }, async () => {
    const dump = [
      rootLine,
      line('/outer', '40755', { nlink: 2 }),
      ...['aaaa', 'bbbb'].map((name) => line(`/outer/${name}`, '100644')),
    ];
    const image = imageBytes(parseDump(Buffer.from(dumpOf(dump), 'latin1')));
    const at = image.lastIndexOf('...aaaabbbb') + 3;
    image.write(first + second, at, 'latin1');
    assert.match(check(image).output, /an entry of a directory is damaged|not sorted/);
    await whileServed(lab, lab.file('names.cfs', image), async ({ root }) => {
      await assert.rejects(
        readdir(join(root, 'outer')),
        (error: NodeJS.ErrnoException) => error.errno === -117,
      );
      // A binary search must not report an existing name as missing.
      const seen = await lstat(join(root, 'outer', second === 'aaaa' ? 'zzzz' : 'aaaa')).then(
        () => 0,
        (error: NodeJS.ErrnoException) => error.errno,
      );
      assert.ok(seen === 0 || seen === -117, String(seen));
    });
  });

test('a valid image passes the check and shows all its names', { skip }, async () => {
  assert.equal(check(sound).code, 0);
  await whileServed(lab, lab.file('sound.cfs', sound), async ({ root }) => {
    assert.equal((await listTree(root)).length, allTypes.trimEnd().split('\n').length);
  });
});

test('a name whose pages of the image are gone gives EIO, and the server goes on', { skip }, async () => {
  const names = Array.from({ length: 3000 }, (_, i) => line(`/file-${i}`, '100644', { size: 0 }));
  const path = lab.image('shrinking.cfs', dumpOf([rootLine, ...names]));
  const served = await serve(lab, path);
  try {
    truncateSync(path, 4096);
    for (const name of ['file-1', 'file-2999'])
      await assert.rejects(lstat(join(served.root, name)), { code: 'EIO' });
    assert.equal(served.process.exitCode, null);
    assert.equal(served.process.signalCode, null);
  } finally {
    assert.equal(await served.close(), 0, served.log());
  }
});
