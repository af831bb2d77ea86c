import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { dumpOf, line, root as rootLine } from './dumps.ts';
import {
  type Lab,
  listThroughErofs,
  listTree,
  newLab,
  noServer,
  notRoot,
  skipReason,
  whileServed,
} from './support.ts';

const skip = notRoot || noServer;
const BIG_BYTES = 3_000_001;
/** Leaves the socket: a process that ends in order removes it. */
const BIND_AND_DIE =
  "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
const OTHERS = ['device', 'fifo', 'folder', 'socket'];

let lab: Lab;
let image: string;
const big = Buffer.from(Array.from({ length: BIG_BYTES }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
const inline = 'i'.repeat(4096) + 'tail'.repeat(100);

/** Reading the device, /dev/zero, would give zeros; opening the fifo would wait for a writer. */
const makeOthers = (): void => {
  const [device, fifo, folder, socket] = OTHERS.map((name) => join(lab.objects, 'aa', name));
  mkdirSync(folder!);
  for (const argv of [
    ['mknod', device!, 'c', '1', '5'],
    ['mkfifo', fifo!],
    [process.execPath, '-e', BIND_AND_DIE, socket!],
  ])
    spawnSync(argv[0]!, argv.slice(1), { stdio: 'inherit' });
  for (const name of OTHERS) assert.ok(existsSync(join(lab.objects, 'aa', name)), name);
};

before(() => {
  lab = newLab();
  lab.object('aa/big', big);
  lab.object('aa/short', 'only ten b');
  lab.object('aa/both', 'first');
  lab.object('aa/long', 'longer than the image states');
  lab.file('outside', 'secret!');
  symlinkSync(join(lab.folder, 'outside'), join(lab.objects, 'aa/link'));
  if (!skip) makeOthers();
  image = lab.image(
    'contents.cfs',
    dumpOf([
      rootLine,
      line('/big', '100644', { size: BIG_BYTES, payload: 'aa/big' }),
      line('/dots', '100644', { size: 7, payload: '../outside' }),
      line('/both', '100644', { size: 5, payload: 'aa/both' }),
      ...['device', 'fifo', 'folder'].map((name) =>
        line(`/${name}`, '100644', { size: 7, payload: `aa/${name}` }),
      ),
      line('/forged', '100644', { size: 7, payload: 'bb/\\ncfs-fuse:\\x20forged\\x1b[2J\\xff\\\\' }),
      line('/inline', '100644', { content: inline }),
      line('/link', '100644', { size: 7, payload: 'aa/link' }),
      line('/long', '100644', { size: 6, payload: 'aa/long' }),
      line('/missing', '100644', { size: 7, payload: 'bb/none' }),
      line('/short', '100644', { size: 5000, payload: 'aa/short' }),
      line('/socket', '100644', { size: 7, payload: 'aa/socket' }),
    ]),
  );
});
after(() => lab.remove());

const readAt = async (path: string, offset: number, bytes: number): Promise<Buffer> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** All transports show the same contents and errors. */
const ways = [
  { name: 'by requests', options: [] },
  { name: 'by passthrough', options: ['--data', 'passthrough', '--strict'] },
  { name: 'by threads', options: ['--transport', 'threads', '--threads', '3'] },
  { name: 'by passthrough and threads', options: ['--data', 'passthrough', '--transport', 'threads'] },
  { name: 'over io_uring', options: ['--transport', 'uring'] },
] as const;

for (const { name: way, options } of ways) {
  const skipWay = skip || skipReason(options);

  test(`an object can be read at any offset, up to and beyond its end, ${way}`, { skip: skipWay }, () =>
    whileServed(
      lab,
      image,
      async ({ root }) => {
        const path = join(root, 'big');
        for (const [offset, bytes] of [
          [2_999_000, 5000],
          [0, 1],
          [4095, 2],
          [131_071, 131_074],
          [BIG_BYTES - 1, 10],
          [BIG_BYTES, 10],
          [BIG_BYTES + 9999, 10],
        ] as const)
          assert.ok(
            (await readAt(path, offset, bytes)).equals(big.subarray(offset, offset + bytes)),
            `at ${offset}`,
          );
        assert.ok((await readFile(path)).equals(big));
      },
      options,
    ),
  );

  test(`an inline file can be read from its block and its tail, ${way}`, { skip: skipWay }, () =>
    whileServed(
      lab,
      image,
      async ({ root }) => {
        const path = join(root, 'inline');
        assert.equal((await readAt(path, 4090, 20)).toString(), inline.slice(4090, 4110));
        assert.equal((await readFile(path)).toString(), inline);
      },
      options,
    ),
  );

  for (const [name, why] of [
    ['missing', 'cannot open object bb/none: No such file or directory'],
    ['short', 'object aa/short is shorter than the 5000 bytes stated by the image'],
    ['long', 'object aa/long is longer than the 6 bytes stated by the image'],
    ['dots', 'cannot open object ../outside'],
    ['link', 'cannot open object aa/link'],
    ...OTHERS.map((name) => [name, `object aa/${name} is not a regular file`] as const),
    ['forged', 'cannot open object bb/\\x0acfs-fuse: forged\\x1b[2J\\xff\\\\: No such file or directory'],
  ] as const)
    test(`reading ${name} gives EIO and one log line, ${way}`, { skip: skipWay }, () =>
      whileServed(
        lab,
        image,
        async (served) => {
          assert.equal((await stat(join(served.root, name))).isFile(), true);
          await assert.rejects(readFile(join(served.root, name)), { code: 'EIO' });
          await assert.rejects(readFile(join(served.root, name)), { code: 'EIO' });
          assert.ok(served.log().startsWith('cfs-fuse: read: '), served.log());
          assert.ok(served.log().includes(why), served.log());
          assert.equal(served.log().trimEnd().split('\n').length, 1, served.log());
        },
        options,
      ),
    );
}

test('objects are searched in all folders, in order', { skip }, async () => {
  const second = join(lab.folder, 'second');
  await mkdir(join(second, 'bb'), { recursive: true });
  await mkdir(join(second, 'aa'));
  await writeFile(join(second, 'bb/none'), 'it is 7');
  await writeFile(join(second, 'aa/both'), 'again');
  await whileServed(
    lab,
    image,
    async ({ root }) => {
      assert.equal((await readFile(join(root, 'missing'))).toString(), 'it is 7');
      assert.equal((await readFile(join(root, 'both'))).toString(), 'first');
    },
    ['--objects', second],
  );
});

test('of several folders the first regular file is the object, as in overlayfs', {
  skip,
}, async (context) => {
  const second = join(lab.folder, 'behind');
  await mkdir(join(second, 'aa'), { recursive: true });
  for (const name of [...OTHERS, 'link']) await writeFile(join(second, 'aa', name), 'it is 7');
  const lines = [...OTHERS.slice(0, 3), 'link', ...OTHERS.slice(3)].map((name) =>
    line(`/${name}`, '100644', { size: 7, payload: `aa/${name}` }),
  );
  const others = lab.image('others.cfs', dumpOf([rootLine, ...lines]));
  const truth = await listThroughErofs(lab, others, { objects: `${lab.objects}::${second}` });
  await whileServed(
    lab,
    others,
    async ({ root }) => {
      for (const name of OTHERS) assert.equal(await readFile(join(root, name), 'utf8'), 'it is 7', name);
      if (truth === null) context.diagnostic('this kernel cannot mount the image with overlayfs');
      else assert.deepEqual(await listTree(root), truth);
    },
    ['--objects', second],
  );
});

test('an object of another size hides those in later folders, as in overlayfs', { skip }, async () => {
  const second = join(lab.folder, 'right');
  await mkdir(join(second, 'aa'), { recursive: true });
  for (const [name, bytes] of [
    ['short', 5000],
    ['long', 6],
  ] as const)
    await writeFile(join(second, 'aa', name), 'r'.repeat(bytes));
  await whileServed(
    lab,
    image,
    async (served) => {
      for (const name of ['short', 'long'])
        await assert.rejects(readFile(join(served.root, name)), { code: 'EIO' }, name);
      assert.match(served.log(), /aa\/short is shorter than the 5000 bytes.*\n.*aa\/long is longer/);
    },
    ['--objects', second],
  );
});

test('a mount logs at most 256 errors, and says so in the last one', { skip }, async () => {
  const names = Array.from({ length: 150 }, (_, i) => `missing-${String(i).padStart(3, '0')}`);
  const lines = names.map((name) => line(`/${name}`, '100644', { size: 7, payload: `bb/${name}` }));
  const damaged = lab.image('reports.cfs', dumpOf([rootLine, ...lines]));
  const log = join(lab.folder, 'reports.log');
  const read = async ({ root }: { readonly root: string }): Promise<void> => {
    for (const name of [...names, ...names])
      await assert.rejects(readFile(join(root, name)), { code: 'EIO' });
  };
  await whileServed(lab, damaged, read, ['--log', log]);
  const logged = (await readFile(log, 'utf8')).trimEnd().split('\n');
  assert.equal(logged.length, 256);
  assert.match(logged[254]!, /cannot open object bb\/missing-/);
  assert.equal(logged[255], 'cfs-fuse: read: further errors of this mount are not logged');
});

test('the mount is read-only', { skip }, () =>
  whileServed(lab, image, async ({ root }) => {
    await assert.rejects(writeFile(join(root, 'new'), ''), { code: 'EROFS' });
    await assert.rejects(writeFile(join(root, 'big'), ''), { code: 'EROFS' });
    await assert.rejects(mkdir(join(root, 'folder2')), { code: 'EROFS' });
  }),
);
