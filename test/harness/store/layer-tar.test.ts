import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openDir } from '../../../harness/images/dir.ts';
import { readTar } from '../../../harness/images/tar-reader.ts';
import type { Tree } from '../../../harness/model/tree.ts';
import { contentBytes } from '../../../harness/store/contents.ts';
import { writeLayerTar } from '../../../harness/store/layer-tar.ts';
import { makeObjectFolders, putObject } from '../../../harness/store/objects.ts';
import {
  device,
  directory,
  type Entries,
  fifo,
  inline,
  linesOf,
  link,
  socket,
  stored,
  symlink,
  treeOf,
  whiteout,
} from '../images/trees.ts';

const needsRoot =
  process.getuid?.() === 0 ? {} : { skip: 'owners, devices and trusted.* attributes need root' };
const LONG = 'n'.repeat(255);
const ACL =
  '\x02\0\0\0\x01\0\x07\0\xff\xff\xff\xff\x02\0\x05\0\x64\0\0\0\x04\0\x05\0\xff\xff\xff\xff\x10\0\x07\0\xff\xff\xff\xff\x20\0\x05\0\xff\xff\xff\xff';
const CAPABILITY = '\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0';

describe('a layer tar, unpacked by GNU tar', () => {
  let dir: string;
  let objectDir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'cfsbench-tar-'));
    objectDir = join(dir, 'objects');
    makeObjectFolders(objectDir);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const unpack = async (tree: Tree, rootless = false): Promise<Tree> => {
    const layer = writeLayerTar(join(dir, 'layer.tar'), tree, { objectDir, rootless });
    const into = join(dir, 'unpacked');
    mkdirSync(into);
    execFileSync(
      'tar',
      ['--xattrs', '--xattrs-include=*', '--numeric-owner', '-p', '-xf', layer.tarPath, '-C', into],
      {
        env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    return (await openDir(into, `dir:${into}`)).tree;
  };
  const comesBack = async (entries: Entries): Promise<void> => {
    const tree = treeOf(entries);
    assert.deepEqual(linesOf(await unpack(tree)), linesOf(tree));
  };

  it('gives all kinds of entries, owners, modes and times', needsRoot, async () => {
    const big = contentBytes('big', 0, 2_500_000);
    await comesBack({
      '': directory({ mode: 0o40711, uid: 3, gid: 4, mtimeSec: 12345n, mtimeNsec: 678_000_000 }),
      big: stored(putObject(objectDir, [big]), big.length, { mode: 0o104755 }),
      char: device('char', (5 << 8) | 1),
      block: device('block', ((259 & 0xfff) << 8) | 0x34 | (0x12 << 20)),
      empty: inline('', { mode: 0o100000 }),
      fifo: fifo({ uid: 7 }),
      locked: directory({ mode: 0o40555, mtimeNsec: 1 }),
      'locked/inside': inline('x'),
      old: inline('1', { mtimeSec: -6n, mtimeNsec: 500_000_000 }),
      owned: inline('2', { uid: 4_000_000_000, gid: 2_097_152 }),
      small: inline('small\0\xff', { mtimeNsec: 999_999_999 }),
      sticky: directory({ mode: 0o41777 }),
      symlink: symlink('../\xffnowhere', { mtimeNsec: 5 }),
      later: inline('3', { mtimeSec: 8_589_934_592n }),
    });
  });

  it('gives names and targets with any bytes and lengths', needsRoot, async () => {
    await comesBack({
      '-rf': inline('a'),
      '*': inline('b'),
      'back\\slash': inline('c'),
      'line\nbreak': inline('d'),
      'latin\xe9': inline('e'),
      'utf\xc3\xa9': inline('f'),
      [LONG]: directory(),
      [`${LONG}/${LONG}`]: directory(),
      [`${LONG}/${LONG}/\xff\xfe`]: inline('g'),
      [`${'d'.repeat(80)}`]: directory(),
      [`${'d'.repeat(80)}/${'e'.repeat(80)}`]: inline('h'),
      [`${'d'.repeat(80)}/\xff${'e'.repeat(99)}`]: inline('i'),
      [`${'d'.repeat(80)}/${'x'.repeat(101)}`]: inline('j'),
      far: symlink(`${'t/'.repeat(2000)}\xff`),
      hundred: symlink('y'.repeat(100)),
    });
  });

  it('gives hard links, with the first name as the file', needsRoot, async () => {
    await comesBack({
      a: directory({ mtimeNsec: 11 }),
      'a/z': inline('shared', { nlink: 3 }),
      'a/b': link('/a/z'),
      b: directory({ mtimeNsec: 12 }),
      [`b/${LONG}\xff`.slice(0, 250)]: link('/a/z'),
      [`b/${'s'.repeat(200)}`]: symlink('target', { nlink: 2 }),
      c: link(`/b/${'s'.repeat(200)}`),
      dev: device('char', 0x105, { nlink: 2 }),
      dev2: link('/dev'),
    });
  });

  it('gives attributes with any names and values', needsRoot, async () => {
    await comesBack({
      d: directory({ xattrs: [['user.dir', 'v']] }),
      f: inline('f', {
        xattrs: [
          ['security.capability', CAPABILITY],
          ['trusted.any', 'a\0b\n'],
          ['user.%3D', 'percent'],
          ['user.a=b', 'equals'],
          ['user.binary', '\0\x01\xff='],
          ['user.empty', ''],
          ['user.\xff\xfe', 'odd'],
        ],
      }),
      n: symlink('x', { xattrs: [['trusted.link', 'on a symlink']] }),
    });
  });

  it('gives access control lists', needsRoot, async () => {
    await comesBack({
      f: inline('f', { mode: 0o100775, xattrs: [['system.posix_acl_access', ACL]] }),
      d: directory({ xattrs: [['system.posix_acl_default', ACL]] }),
    });
  });

  it('gives whiteouts and opaque directories in the form of overlayfs', needsRoot, async () => {
    await comesBack({
      gone: whiteout(),
      over: directory({ xattrs: [['trusted.overlay.opaque', 'y']] }),
      'over/new': inline('n'),
    });
  });

  it('with rootless has the marks of overlayfs for a user namespace', async () => {
    const tree = treeOf({ over: directory({ xattrs: [['trusted.overlay.opaque', 'y']] }) });
    const { tarPath } = writeLayerTar(join(dir, 'r.tar'), tree, { objectDir, rootless: true });
    const text = readFileSync(tarPath, 'latin1');
    assert.ok(text.includes('SCHILY.xattr.user.overlay.opaque=y\n'));
    assert.ok(!text.includes('trusted.overlay'));
  });

  it('lists entries depth first in byte order, and every inode before its links', () => {
    const entries = {
      b: directory(),
      'b/\xff': inline('1'),
      'b/a': link('/z'),
      'b.': inline('2'),
      z: inline('3', { nlink: 2 }),
    };
    const { tarPath } = writeLayerTar(join(dir, 'o.tar'), treeOf(entries), { objectDir, rootless: false });
    const bytes = readFileSync(tarPath);
    const members = [
      ...readTar({ title: 'o', sizeBytes: bytes.length, read: (at, n) => bytes.subarray(at, at + n) }),
    ];
    assert.deepEqual(
      members.map(({ path, type, link: to }) => [path, type, to]),
      [
        ['./', 'directory', ''],
        ['b', 'directory', ''],
        ['b/a', 'file', ''],
        ['b/\xff', 'file', ''],
        ['b.', 'file', ''],
        ['z', 'link', 'b/a'],
      ],
    );
  });

  it('is named by the digest of its bytes', () => {
    const layer = writeLayerTar(join(dir, 'l.tar'), treeOf({ a: inline('a') }), {
      objectDir,
      rootless: false,
    });
    const bytes = readFileSync(layer.tarPath);
    assert.equal(layer.id, createHash('sha256').update(bytes).digest('hex'));
    assert.equal(layer.tarBytes, bytes.length);
  });

  it('cannot hold a socket', () => {
    assert.throws(
      () => writeLayerTar(join(dir, 's.tar'), treeOf({ s: socket() }), { objectDir, rootless: false }),
      { code: 'skip' },
    );
  });
});
