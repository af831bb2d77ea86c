import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inColumns, newTreeBuilder } from '../../../harness/model/columns.ts';
import { seeded } from '../../../harness/model/random.ts';
import {
  type Entry,
  type Inode,
  S_IFDIR,
  S_IFLNK,
  S_IFREG,
  type Tree,
  type TreeBuilder,
} from '../../../harness/model/tree.ts';

const DIGEST = '21a563c8a3cf02778cf769e592e2e390563ae564fc4c6edbd3aaaaaaaaaaaaaa';
const PATH = `${DIGEST.slice(0, 2)}/${DIGEST.slice(2)}`;

const inode = (parts: Partial<Inode> = {}): Inode => ({
  mode: S_IFREG | 0o644,
  nlink: 1,
  uid: 0,
  gid: 0,
  rdev: 0,
  size: 5n,
  mtimeSec: 0n,
  mtimeNsec: 0,
  payload: null,
  content: null,
  digest: null,
  xattrs: [],
  ...parts,
});
const directory = inode({ mode: S_IFDIR | 0o755, nlink: 2, size: 0n });

const rooted = (): TreeBuilder => {
  const builder = newTreeBuilder();
  builder.add(-1, '', directory);
  return builder;
};

const fields = ({ index: _index, parent: _parent, name: _name, link: _link, ...rest }: Entry): Inode => rest;

describe('a tree in columns', () => {
  it('returns every field of an entry', () => {
    const inodes: Inode[] = [
      inode({ payload: PATH, digest: DIGEST }),
      inode({ payload: `${PATH}.file` }),
      inode({ payload: 'not/hexadecimal', digest: DIGEST }),
      inode({ payload: '', content: '\0\xff' }),
      inode({ mode: S_IFLNK | 0o777, payload: `${PATH}x`.repeat(20) }),
      inode({ uid: 2 ** 32 - 1, gid: 70000, nlink: 2 ** 32 - 1, rdev: 2 ** 32 - 1, size: 2n ** 64n - 1n }),
      inode({ mtimeSec: -(2n ** 63n), mtimeNsec: 2 ** 32 - 1 }),
      inode({
        xattrs: [
          ['user.b', '\0'],
          ['user.a', ''],
        ],
      }),
      inode({ content: 'c'.repeat(3_000_000) }),
    ];
    const builder = rooted();
    for (const [i, given] of inodes.entries()) builder.add(0, `f${i}`, given);
    const tree = builder.finish();
    for (const [i, given] of inodes.entries()) assert.deepEqual(fields(tree.entry(i + 1)), given, `f${i}`);
  });

  it('agrees with a map of paths on random trees', () => {
    const random = seeded('trees');
    for (let round = 0; round < 20; round++) {
      const builder = rooted();
      const naive = new Map<string, number>([['/', 0]]);
      const directories: [string, number][] = [['', 0]];
      for (let i = 0; i < 600; i++) {
        const [path, parent] = directories[random.int(0, directories.length - 1)]!;
        const name =
          String.fromCharCode(random.int(1, 46), random.int(48, 255)) + (i % 3 === 0 ? 'x'.repeat(200) : '');
        if (builder.child(parent, name) !== undefined) continue;
        const isDirectory = random.int(0, 4) === 0;
        const index = builder.add(parent, name, isDirectory ? directory : inode({ size: BigInt(i) }));
        naive.set(`${path}/${name}`, index);
        if (isDirectory) directories.push([`${path}/${name}`, index]);
      }
      const tree = builder.finish();
      assert.equal(tree.count, naive.size);
      for (const [path, index] of naive) {
        assert.equal(tree.find(path), index);
        assert.equal(tree.path(index), path);
      }
      for (const [path, index] of directories) {
        const prefix = `${path}/`;
        const below = [...naive.keys()].filter(
          (known) => known !== '/' && known.startsWith(prefix) && !known.slice(prefix.length).includes('/'),
        );
        assert.deepEqual(
          tree.children(index).map((child) => tree.path(child)),
          below.sort(),
        );
      }
      assert.equal(tree.find('/nothing'), undefined);
    }
  });

  it('a hard link has the fields of its target', () => {
    const builder = rooted();
    builder.addLink(0, 'early', '/d/file');
    const d = builder.add(0, 'd', directory);
    builder.add(d, 'file', inode({ uid: 7, content: 'hello' }));
    builder.addLink(0, 'late', 'early');
    const tree = builder.finish();
    assert.deepEqual(
      [1, 4].map((index) => tree.entry(index).link),
      [3, 3],
    );
    assert.deepEqual(fields(tree.entry(4)), fields(tree.entry(3)));
    assert.deepEqual([tree.entry(4).name, tree.entry(4).parent], ['late', 0]);
  });

  it('resolves a long chain of hard links', () => {
    const builder = rooted();
    for (let i = 0; i < 20_000; i++) builder.addLink(0, `l${i}`, `/l${i + 1}`);
    const last = builder.add(0, 'l20000', inode());
    assert.equal(builder.finish().entry(1).link, last);
  });

  it('refuses invalid trees', () => {
    const twice = rooted();
    twice.add(0, 'a', inode());
    assert.throws(() => twice.add(0, 'a', inode()), { code: 'duplicate' });
    assert.throws(() => twice.addLink(0, 'a', '/'), { code: 'duplicate' });
    assert.throws(() => twice.add(-1, '', directory), { code: 'duplicate' });
    assert.throws(() => twice.add(1, 'b', inode()), { code: 'not-a-directory' });
    for (const name of ['', '.', '..', 'a/b', 'a\0', 'n'.repeat(256)])
      assert.throws(() => twice.add(0, name, inode()), { code: 'bad-name' });
    assert.throws(() => twice.add(0, 'x', inode({ digest: 'abc' })), { code: 'bad-digest' });
    assert.throws(() => newTreeBuilder().add(0, 'a', inode()), { code: 'no-root' });
    assert.throws(() => newTreeBuilder().finish(), { code: 'no-root' });
    const cycle = rooted();
    cycle.addLink(0, 'a', '/b');
    cycle.addLink(0, 'b', '/a');
    assert.throws(() => cycle.finish(), { code: 'link-cycle' });
    const lost = rooted();
    lost.addLink(0, 'a', '/b');
    assert.throws(() => lost.finish(), { code: 'no-target' });
  });

  it('withObjects leaves the tree unchanged', () => {
    const builder = rooted();
    builder.add(0, 'object', inode({ payload: 'old', digest: DIGEST }));
    builder.add(0, 'inline', inode({ content: 'hello' }));
    builder.add(0, 'empty', inode({ size: 0n }));
    builder.addLink(0, 'other', '/object');
    const tree = builder.finish();
    const asked: string[] = [];
    const other: Tree = tree.withObjects((entry) => {
      asked.push(entry.name);
      return { payload: PATH, digest: DIGEST.replace('2', '3') };
    });
    assert.deepEqual(asked, ['object']);
    assert.deepEqual([other.entry(1).payload, other.entry(4).payload], [PATH, PATH]);
    assert.equal(other.entry(4).digest, DIGEST.replace('2', '3'));
    assert.equal(tree.entry(1).payload, 'old');
    assert.equal(other.find('/other'), 4);
  });

  it('stores equal objects once', () => {
    const builder = rooted();
    for (let i = 0; i < 100; i++) builder.add(0, `f${i}`, inode({ payload: PATH, digest: DIGEST }));
    const { columns } = inColumns(builder.finish());
    assert.deepEqual([columns.digests.count, columns.payloads.textCount, columns.classes.length], [1, 0, 2]);
  });
});
