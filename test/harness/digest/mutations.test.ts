import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  lchownSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findDifference, firstDifference } from '../../../harness/digest/compare.ts';
import type { WalkedTree } from '../../../harness/digest/walk.ts';
import { setXattr } from '../../../harness/sys/xattrs.ts';
import { walkMount } from '../support/walk-mount.ts';
import { growRichTree, notRoot, removeFolder, setMtime, tempFolder } from './rich-tree.ts';

const KEPT_TIME = '2001-02-03 04:05:06.000000789';

let folder = '';
let original = '';
let originalSeen: WalkedTree;

before(async () => {
  if (notRoot !== false) return;
  folder = tempFolder();
  original = join(folder, 'original');
  mkdirSync(original);
  await growRichTree(original);
  originalSeen = await walkInto(original, 'expected');
});
after(() => {
  if (folder !== '') removeFolder(folder);
});

const walkInto = (root: string, name: string): Promise<WalkedTree> =>
  walkMount(root, { timeoutMs: 20_000, listingPath: join(folder, name), selinux: true });

interface Mutation {
  readonly title: string;
  change(at: (name: string) => string): void;
  readonly path: string;
  readonly attribute: string;
  /** Changes contents only. */
  readonly inContents?: true;
}

const mutations: readonly Mutation[] = [
  {
    title: 'type',
    change: (at) => {
      unlinkSync(at('fifo'));
      execFileSync('mknod', [at('fifo'), 'c', '0', '5']);
    },
    path: '/fifo',
    attribute: 'type',
  },
  { title: 'mode', change: (at) => chmodSync(at('dir/file'), 0o640), path: '/dir/file', attribute: 'mode' },
  {
    title: 'set-user-id bit',
    change: (at) => chmodSync(at('dir.txt'), 0o750),
    path: '/dir.txt',
    attribute: 'mode',
  },
  { title: 'uid', change: (at) => lchownSync(at('link'), 7, 0), path: '/link', attribute: 'uid' },
  { title: 'gid', change: (at) => lchownSync(at('dir/deep'), 0, 8), path: '/dir/deep', attribute: 'gid' },
  {
    title: 'one nanosecond of mtime',
    change: (at) => setMtime(at('dir/file'), '2001-02-03 04:05:06.000000790'),
    path: '/dir/file',
    attribute: 'mtime',
  },
  {
    title: 'xattr name',
    change: (at) => {
      const path = at('dir/file');
      execFileSync('cp', ['--preserve=mode,ownership,timestamps', path, `${path}.new`]);
      renameSync(`${path}.new`, path);
      setXattr(Buffer.from(path), 'user.empty', '');
      setXattr(Buffer.from(path), 'user.color', 'red');
    },
    path: '/dir/file',
    attribute: 'xattr user.color',
  },
  {
    title: 'xattr value',
    change: (at) => setXattr(Buffer.from(at('dir')), 'trusted.note', 'a=b\0\xfe'),
    path: '/dir',
    attribute: 'xattr trusted.note',
  },
  {
    title: 'xattr of a symlink',
    change: (at) => setXattr(Buffer.from(at('link')), 'trusted.on-link', '2'),
    path: '/link',
    attribute: 'xattr trusted.on-link',
  },
  {
    title: 'link target',
    change: (at) => {
      unlinkSync(at('link'));
      symlinkSync('dir/filf', at('link'));
      setXattr(Buffer.from(at('link')), 'trusted.on-link', '1');
      setMtime(at('link'), KEPT_TIME);
    },
    path: '/link',
    attribute: 'link target',
  },
  {
    title: 'minor number',
    change: (at) => {
      rmSync(at('block'));
      execFileSync('mknod', [at('block'), 'b', '300', '70001']);
      execFileSync('touch', ['-r', join(original, 'block'), at('block')]);
    },
    path: '/block',
    attribute: 'rdev',
  },
  {
    title: 'one byte of contents',
    change: (at) => {
      const fd = openSync(at('dir/file'), 'r+');
      writeSync(fd, 'y', 4096);
      closeSync(fd);
      setMtime(at('dir/file'), KEPT_TIME);
    },
    path: '/dir/file',
    attribute: 'contents',
    inContents: true,
  },
  {
    title: 'size',
    change: (at) => {
      writeFileSync(at('zeta-alone'), 'shared by two names.');
      setMtime(at('zeta-alone'), KEPT_TIME);
    },
    path: '/zeta-alone',
    attribute: 'size',
  },
  {
    title: 'a hard link broken into two equal files',
    change: (at) => {
      unlinkSync(at('zeta'));
      copyFileSync(at('alpha'), at('zeta'));
      setMtime(at('zeta'), KEPT_TIME);
    },
    path: '/zeta',
    attribute: 'hard link',
  },
  {
    title: 'a name moved to another group of hard links',
    change: (at) => {
      unlinkSync(at('zeta-alone'));
      linkSync(at('zeta'), at('zeta-alone'));
    },
    path: '/zeta-alone',
    attribute: 'hard link',
  },
  {
    title: 'one entry more',
    change: (at) => writeFileSync(at('dir/deep/more'), ''),
    path: '/dir/deep/more',
    attribute: 'entry',
  },
  {
    title: 'one entry less',
    change: (at) => unlinkSync(at('dir/deep/empty')),
    path: '/dir/deep/empty',
    attribute: 'entry',
  },
  {
    title: 'one directory less',
    change: (at) => rmSync(at('dir/deep'), { recursive: true }),
    path: '/dir/deep',
    attribute: 'entry',
  },
  {
    title: 'an odd name less',
    change: (at) =>
      rmSync(Buffer.concat([Buffer.from(at('odd')), Buffer.from([0x09, 0xff, 0x5c, 0x20, 0x0a])])),
    path: '/odd\\x09\\xff\\\\ \\x0a',
    attribute: 'entry',
  },
];

// Adding or removing names moves the mtime of their directory, which would be the first difference.
const keepTimes = (copy: string): void => {
  for (const name of ['dir/deep', 'dir', '.'])
    execFileSync('touch', ['-c', '-r', join(original, name), join(copy, name)]);
};

const mutated = async (mutation: Mutation, name: string): Promise<WalkedTree> => {
  const copy = join(folder, 'copy');
  execFileSync('cp', ['-a', original, copy]);
  try {
    mutation.change((entry) => join(copy, entry));
    keepTimes(copy);
    return await walkInto(copy, name);
  } finally {
    removeFolder(copy);
  }
};

test('an exact copy has the same digests', { skip: notRoot }, async () => {
  const seen = await mutated({ title: '', change() {}, path: '', attribute: '' }, 'seen');
  assert.equal(firstDifference(join(folder, 'expected'), join(folder, 'seen')), null);
  assert.equal(seen.digest, originalSeen.digest);
  assert.equal(seen.metadataDigest, originalSeen.metadataDigest);
});

for (const mutation of mutations)
  test(`a change of ${mutation.title} is reported`, { skip: notRoot }, async () => {
    const seen = await mutated(mutation, 'seen');
    assert.notEqual(seen.digest, originalSeen.digest);
    assert.equal(seen.metadataDigest === originalSeen.metadataDigest, mutation.inContents === true);
    const difference = findDifference(join(folder, 'expected'), join(folder, 'seen'));
    assert.equal(difference?.path, mutation.path);
    assert.equal(difference.attribute, mutation.attribute);
    assert.notEqual(difference.expected, difference.seen);
  });
