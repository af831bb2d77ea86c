import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findDifference, firstDifference } from '../../../harness/digest/compare.ts';
import { expectedListing, setsSelinux } from '../../../harness/digest/of-tree.ts';
import type { WalkResult } from '../../../harness/digest/walk-main.ts';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { newTreeBuilder } from '../../../harness/model/columns.ts';
import type { Inode, Tree } from '../../../harness/model/tree.ts';
import { describedTree, OBJECT, OBJECT_DIGEST, OBJECT_PATH } from './described-tree.ts';
import { removeFolder, tempFolder } from './rich-tree.ts';

const COVERAGE = JSON.stringify({ contents: true, selinux: false, trusted: true });
const OVERLAYFS_MAGIC = 0x794c7630;
const WALKER = fileURLToPath(new URL('../../../harness/digest/walk-main.js', import.meta.url));

// The mounts end with the walker's mount namespace.
const SCRIPT = `
set -e
mount -t erofs -o ro image lower
mount -t overlay -o "ro,metacopy=on,redirect_dir=on,lowerdir+=$PWD/lower,datadir+=$PWD/objects" overlay mounted
exec "$@"
`;

const notHere = ((): string | false => {
  if (process.geteuid?.() !== 0) return 'needs root: mounts EROFS and overlayfs';
  const folder = tempFolder();
  try {
    mountAndRun(folder, describedTree(), 0, ['true']);
    return false;
  } catch (error) {
    return `needs file-backed EROFS and overlayfs with data-only layers: ${String((error as { stderr?: string }).stderr).trim()}`;
  } finally {
    removeFolder(folder);
  }
})();

function mountAndRun(folder: string, tree: Tree, imageVersion: 0 | 1, command: readonly string[]): string {
  for (const name of ['lower', 'objects', 'mounted']) mkdirSync(join(folder, name), { recursive: true });
  mkdirSync(join(folder, 'objects', dirname(OBJECT_PATH)), { recursive: true });
  writeFileSync(join(folder, 'objects', OBJECT_PATH), OBJECT);
  writeFileSync(join(folder, 'image'), imageBytes(tree, { imageVersion }));
  const argv = ['--mount', '--propagation', 'private', 'sh', '-c', SCRIPT, 'sh', ...command];
  return execFileSync('unshare', argv, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

let folder = '';
before(() => {
  folder = tempFolder();
});
after(() => removeFolder(folder));

const walkMounted = (tree: Tree, imageVersion: 0 | 1): WalkResult => {
  const walker = [process.execPath, WALKER, join(folder, 'mounted'), join(folder, 'seen'), COVERAGE];
  return JSON.parse(mountAndRun(folder, tree, imageVersion, walker)) as WalkResult;
};

for (const imageVersion of [0, 1] as const)
  test(`the kernel shows the expected listing of an image of version ${imageVersion}`, {
    skip: notHere,
  }, () => {
    const tree = describedTree();
    const expected = expectedListing({ tree, imageVersion }, { listingPath: join(folder, 'expected') });
    const answer = walkMounted(tree, imageVersion);
    assert.equal(firstDifference(join(folder, 'expected'), join(folder, 'seen')), null);
    assert.equal(answer.kind, 'walked');
    assert.deepEqual(answer.walked, { ...expected, fsMagic: OVERLAYFS_MAGIC });
  });

const changes: readonly (readonly [title: string, changed: Partial<Inode>, attribute: string])[] = [
  ['an owner', { uid: 70_001 }, 'uid'],
  ['a nanosecond', { mtimeNsec: 123_456_788 }, 'mtime'],
  ['an attribute', { xattrs: [['user.a', '\0\xfe']] }, 'xattr user.a'],
  ['a size', { size: BigInt(OBJECT.length + 1) }, 'size'],
  ['a digest', { digest: `00${OBJECT_DIGEST.slice(2)}` }, 'contents'],
];
for (const [title, changed, attribute] of changes)
  test(`an image with different ${title} has a different listing`, () => {
    for (const [name, tree] of [
      ['expected', describedTree()] as const,
      ['seen', describedTree(changed)] as const,
    ])
      expectedListing({ tree, imageVersion: 0 }, { listingPath: join(folder, name) });
    const difference = findDifference(join(folder, 'expected'), join(folder, 'seen'));
    assert.equal(difference?.path, '/dir/object');
    assert.equal(difference.attribute, attribute);
  });

test('a missing object ends the walk with its path and errno', { skip: notHere }, () => {
  const payload = `${OBJECT_DIGEST.slice(0, 2)}/missing`;
  const answer = walkMounted(describedTree({ payload }), 0);
  assert.equal(answer.kind, 'failed');
  assert.match(answer.code, /^E(IO|NOENT)$/);
  assert.deepEqual(answer.facts, ['path: /dir/object']);
});

test('a file without digest is refused, unless contents are not covered', () => {
  const tree = describedTree({ digest: null });
  assert.throws(() => expectedListing({ tree, imageVersion: 0 }), { code: 'no-digest' });
  expectedListing({ tree, imageVersion: 0 }, { contents: false });
});

test('labels are covered if the image has one', () => {
  assert.equal(setsSelinux(describedTree()), false);
  const labelled = describedTree({ xattrs: [['security.selinux', 'a:b:c:s0\0']] });
  assert.equal(setsSelinux(labelled), true);
  const digests = [true, false].map(
    (selinux) => expectedListing({ tree: labelled, imageVersion: 0 }, { selinux }).digest,
  );
  assert.notEqual(digests[0], digests[1]);
});

test('a hard link to a directory is refused', () => {
  const builder = newTreeBuilder();
  const directory: Inode = { ...describedTree().entry(0), xattrs: [] };
  const root = builder.add(-1, '', directory);
  builder.add(root, 'dir', directory);
  builder.addLink(root, 'link', '/dir');
  assert.throws(() => expectedListing({ tree: builder.finish(), imageVersion: 0 }), { code: 'skip' });
});

test('without a path the listing is only digested', () => {
  const shown = { tree: describedTree(), imageVersion: 0 } as const;
  const path = join(folder, 'written');
  assert.deepEqual(expectedListing(shown), expectedListing(shown, { listingPath: path }));
  rmSync(path);
});
