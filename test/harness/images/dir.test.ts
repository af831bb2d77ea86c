import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { openDir } from '../../../harness/images/dir.ts';
import { type ByteString, fromBytes, toBytes } from '../../../harness/model/bytes.ts';
import { S_IFMT, S_IFSOCK, type Tree } from '../../../harness/model/tree.ts';
import { filePieces } from '../../../harness/store/bulk.ts';
import { contentBytes } from '../../../harness/store/contents.ts';
import { VerityHasher, verityDigest } from '../../../harness/store/verity.ts';
import { setXattr } from '../../../harness/sys/xattrs.ts';
import { device, directory, fifo, inline, linesOf, link, stored, symlink, treeOf } from './trees.ts';

const isRoot = process.getuid?.() === 0;
const needsRoot = isRoot ? {} : { skip: 'owners, devices and trusted.* attributes need root' };
const needsMkcomposefs =
  spawnSync('mkcomposefs', ['--help']).error === undefined ? {} : { skip: 'mkcomposefs is not installed' };
const NO_TIMES = ['mtime'];

describe('a directory as an image', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'cfsbench-dir-'));
    chmodSync(dir, 0o755);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const open = async (): Promise<Tree> => (await openDir(dir, `dir:${dir}`)).tree;
  const bytesPath = (name: ByteString): Buffer => Buffer.concat([Buffer.from(`${dir}/`), toBytes(name)]);
  const run = (...argv: string[]): void => {
    execFileSync(argv[0]!, argv.slice(1));
  };

  it('does not read the holes of a sparse file', async () => {
    const [small, huge] = [join(dir, 'small'), join(dir, 'huge')];
    const fd = openSync(small, 'w');
    for (const at of [4096 * 3 + 5, 70_000_000, 90_000_000]) writeSync(fd, 'data', at);
    closeSync(fd);
    truncateSync(small, 99_999_999);
    writeFileSync(huge, '');
    truncateSync(huge, 1e12);
    const tree = await open();
    const entries = Array.from({ length: tree.count }, (_, index) => tree.entry(index));
    const digestOf = (name: string) => entries.find((entry) => entry.name === name)!.digest;
    assert.equal(digestOf('small'), verityDigest(readFileSync(small)));
    assert.equal(digestOf('huge'), new VerityHasher().updateZeros(1e12).digest());
  });

  it(
    'has all kinds of entries, with inline contents up to 64 bytes and digests above',
    needsRoot,
    async () => {
      const big = contentBytes('dir', 0, 100_000);
      mkdirSync(join(dir, 'd'));
      writeFileSync(join(dir, 'd', 'big'), big);
      writeFileSync(join(dir, 's64'), 'x'.repeat(64));
      writeFileSync(join(dir, 's65'), 'x'.repeat(65));
      writeFileSync(join(dir, 'zero'), '');
      writeFileSync(bytesPath('odd\xff\n'), 'odd');
      symlinkSync(toBytes('to\xfe'), join(dir, 'sym'));
      run('mknod', '-m', '600', join(dir, 'char'), 'c', '5', '1');
      run('mkfifo', '-m', '600', join(dir, 'fifo'));
      setXattr(bytesPath('s64'), 'user.a', '\0\xff');
      setXattr(bytesPath('d'), 'trusted.overlay.opaque', 'y');
      chownSync(join(dir, 'zero'), 70_000, 3);
      const tree = await open();
      assert.deepEqual(
        linesOf(tree, NO_TIMES),
        linesOf(
          treeOf({
            char: device('char', 0x501),
            d: directory({ xattrs: [['trusted.overlay.opaque', 'y']] }),
            'd/big': stored(verityDigest(big), big.length),
            fifo: fifo(),
            'odd\xff\n': inline('odd'),
            s64: inline('x'.repeat(64), { xattrs: [['user.a', '\0\xff']] }),
            s65: stored(verityDigest(Buffer.from('x'.repeat(65))), 65),
            sym: symlink('to\xfe'),
            zero: inline('', { uid: 70_000, gid: 3 }),
          }),
          NO_TIMES,
        ),
      );
    },
  );

  it('keeps times to the nanosecond, also before 1970', async () => {
    writeFileSync(join(dir, 'old'), '');
    run('touch', '-d', '@-5.5', join(dir, 'old'));
    lutimesSync(dir, 1, 1);
    const tree = await open();
    const old = tree.entry(tree.find('/old')!);
    assert.deepEqual([old.mtimeSec, old.mtimeNsec], [-6n, 500_000_000]);
    assert.equal(tree.entry(0).mtimeSec, 1n);
  });

  it('shows names of one inode as hard links, and counts only names inside', async () => {
    writeFileSync(join(dir, 'b'), 'linked');
    mkdirSync(join(dir, 'in'));
    linkSync(join(dir, 'b'), join(dir, 'in', 'a'));
    writeFileSync(join(dir, 'in', 'single'), 'single');
    const outside = `${dir}-outside`;
    linkSync(join(dir, 'in', 'single'), outside);
    try {
      assert.deepEqual(
        linesOf(await open(), ['uid', 'gid', 'mtime']),
        linesOf(
          treeOf({
            b: inline('linked', { nlink: 2 }),
            in: directory(),
            'in/a': link('/b'),
            'in/single': inline('single'),
          }),
          ['uid', 'gid', 'mtime'],
        ),
      );
    } finally {
      rmSync(outside);
    }
  });

  it('shows sockets', async () => {
    const server = createServer().listen(join(dir, 'sock'));
    await new Promise((resolve) => server.once('listening', resolve));
    const tree = await open();
    assert.equal(tree.entry(tree.find('/sock')!).mode & S_IFMT, S_IFSOCK);
    await new Promise((resolve) => server.close(resolve));
  });

  it('does not enter other file systems mounted inside', needsRoot, async () => {
    mkdirSync(join(dir, 'mnt'));
    const script =
      'mount -t tmpfs none "$1/mnt" && : >"$1/mnt/inside" && exec "$2" --input-type=module -e "$3" "$1"';
    const module = new URL('../../../harness/images/dir.js', import.meta.url).href;
    const code = `import { openDir } from '${module}';
      const { tree } = await openDir(process.argv[1], 'x');
      process.stdout.write(String(tree.find('/mnt') !== undefined) + tree.find('/mnt/inside'));`;
    const out = execFileSync('unshare', [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      script,
      'sh',
      dir,
      process.execPath,
      code,
    ]);
    assert.equal(String(out), 'trueundefined');
  });

  it('reads contents from the files themselves', async () => {
    writeFileSync(join(dir, 'f'), contentBytes('f', 0, 5000));
    const image = await openDir(dir, `dir:${dir}`);
    const ref = image.content(image.tree, image.tree.find('/f')!);
    assert.ok(ref.kind === 'file');
    assert.deepEqual(
      Buffer.concat([...filePieces(ref.file, ref.offset, ref.sizeBytes)]),
      contentBytes('f', 0, 5000),
    );
    writeFileSync(join(dir, 'f'), 'shorter');
    assert.throws(() => [...filePieces(ref.file, ref.offset, ref.sizeBytes)], /became shorter/);
  });

  it('is refused if it is not a directory', async () => {
    writeFileSync(join(dir, 'f'), '');
    await assert.rejects(openDir(join(dir, 'f'), 'dir:f'), { message: 'not a directory' });
    await assert.rejects(openDir(join(dir, 'none'), 'dir:none'), { code: 'ENOENT' });
  });

  it('gives the same image as mkcomposefs', needsMkcomposefs, async () => {
    mkdirSync(join(dir, 'in'));
    writeFileSync(join(dir, 'in', 'big'), contentBytes('big', 0, 70_000));
    writeFileSync(join(dir, 'small'), 'small');
    symlinkSync('small', join(dir, 'sym'));
    setXattr(bytesPath('small'), 'user.a', 'b');
    const out = `${dir}.cfs`;
    try {
      run('mkcomposefs', dir, out);
      assert.equal(fromBytes(imageBytes(await open(), {})), fromBytes(readFileSync(out)));
    } finally {
      rmSync(out, { force: true });
    }
  });
});
