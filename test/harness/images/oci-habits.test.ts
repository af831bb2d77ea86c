// Layers as archivers of other systems write them, and as runtimes read them: each was compared with umoci 0.4.7 and 0.6.0.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isWhiteout } from '../../../harness/model/inode-type.ts';
import type { Tree } from '../../../harness/model/tree.ts';
import { openSetting } from '../backends/setting.ts';
import { needsRoot, privateMounts } from '../sys/support.ts';
import { OciLayout, type TestMember, tarOf, uncompressed } from './oci-layouts.ts';

const file = (path: string, contents: string, more: Partial<TestMember> = {}): TestMember => ({
  path,
  contents,
  ...more,
});
const hardLink = (path: string, link: string): TestMember => ({ path, type: '1', link });
const symlink = (path: string, link: string, mode = 0o777): TestMember => ({ path, type: '2', link, mode });

/** `path=contents`, `path/` with its mode for a directory; hard links by the name of the first. */
const shown = (tree: Tree): string =>
  Array.from({ length: tree.count - 1 }, (_, i) => tree.entry(i + 1))
    .map(({ index, link, mode, content, payload }) => {
      const path = tree.path(index).slice(1);
      if (link !== null) return `${path}=>${tree.path(link).slice(1)}`;
      if (payload !== null) return `${path}->${payload}`;
      return (mode & 0o170000) === 0o040000
        ? `${path}/${(mode & 0o7777).toString(8)}`
        : `${path}=${content ?? ''}`;
    })
    .sort()
    .join(' ');

interface Habit {
  readonly title: string;
  readonly layers: readonly (readonly TestMember[])[];
  /** What umoci shows. */
  readonly tree: string;
}

const HABITS: readonly Habit[] = [
  {
    title: 'a path with .. stays inside the root',
    layers: [[file('a/../b', '1'), file('../c', '2'), file('/../../d/../e', '3'), file('x/../../f', '4')]],
    tree: 'b=1 c=2 e=3 f=4',
  },
  {
    title: 'the target of a hard link with .. stays inside the root',
    layers: [[file('f', '1'), hardLink('g', 'a/../f'), hardLink('h', '../../f'), hardLink('i', '/./f')]],
    tree: 'f=1 g=>f h=>f i=>f',
  },
  {
    title: 'a file of ustar whose name ends in a slash is a file',
    layers: [[file('name/', '1', { type: '0' })]],
    tree: 'name=1',
  },
  {
    title: 'a member is stored again, by another spelling of its name',
    layers: [[file('f', '1'), file('./f', '22'), file('/f', '333'), file('.//./f', '4444')]],
    tree: 'f=4444',
  },
  {
    title: 'a directory is listed again with other attributes and keeps its entries',
    layers: [[{ path: 'a/', mode: 0o700 }, file('a/f', '1'), { path: 'a/', mode: 0o755 }]],
    tree: 'a/755 a/f=1',
  },
  {
    title: 'one name of a file is replaced after a link was made to it',
    layers: [[file('f', '1'), hardLink('h', 'f'), file('f', '22')]],
    tree: 'f=22 h=1',
  },
  {
    title: 'an upper layer replaces one of three names of a file',
    layers: [[file('t2', '123'), hardLink('t1', 't2'), hardLink('t3', 't2')], [file('t1', '456')]],
    tree: 't1=456 t2=123 t3=>t2',
  },
  {
    title: 'an upper layer hides the name to which others link',
    layers: [[file('a', '1'), hardLink('b', 'a'), hardLink('c', 'b')], [file('.wh.a', '')]],
    tree: 'b=1 c=>b',
  },
  {
    title: 'a hidden directory is made again in a later layer',
    layers: [[file('a/foo', '1'), file('b/bar', '1')], [file('.wh.a', '')], [file('a/baz', '2')]],
    tree: 'a/755 a/baz=2 b/755 b/bar=1',
  },
  {
    title: 'a whiteout before or after the entry of its name hides lower layers only',
    layers: [
      [file('a', '1'), file('b', '1')],
      [file('.wh.a', ''), file('a', '2'), file('b', '2'), file('.wh.b', '')],
    ],
    tree: 'a=2 b=2',
  },
  {
    title: 'a whiteout is a directory, a symlink or a hard link',
    layers: [
      [file('a/f', '1'), file('b', '1'), file('c', '1'), file('d', '2')],
      [{ path: '.wh.a/' }, symlink('.wh.b', 'x'), file('e', '3'), hardLink('.wh.c', 'e')],
    ],
    tree: 'd=2 e=3',
  },
  {
    title: 'an opaque marker stands last, and names begin with a dot',
    layers: [
      [file('a/x', '1'), file('a/.y', '1')],
      [{ path: 'a/' }, file('a/.new', '2'), file('a/.wh..wh..opq', '')],
    ],
    tree: 'a/.new=2 a/755',
  },
  {
    title: 'an opaque marker in the root',
    layers: [
      [file('a/f', '1'), file('x', '1')],
      [file('y', '2'), file('.wh..wh..opq', '')],
    ],
    tree: 'y=2',
  },
  {
    title: 'the root is listed after its opaque marker',
    layers: [[file('x', '1')], [file('.wh..wh..opq', ''), { path: './' }, file('y', '2')]],
    tree: 'y=2',
  },
  {
    title: 'a directory below an opaque root gives no attributes to one above it',
    layers: [
      [{ path: 'a/', mode: 0o700 }, file('a/f', '1')],
      [file('.wh..wh..opq', ''), file('y', '2')],
      [file('a/x', '3')],
    ],
    tree: 'a/755 a/x=3 y=2',
  },
  {
    title: 'a directory that the same layer removed gives no attributes to a new one',
    layers: [
      [{ path: 'a/', mode: 0o700 }, file('a/f', '1')],
      [file('.wh.a', ''), file('a/x', '2')],
    ],
    tree: 'a/755 a/x=2',
  },
  {
    title: 'a whiteout beside a directory with another value of the opaque mark',
    layers: [
      [file('a/f', '1')],
      [{ path: 'a/', xattrs: [['trusted.overlay.opaque', 'x']] }, file('a/g', '2'), file('.wh.a', '')],
    ],
    tree: 'a/755 a/g=2',
  },
  {
    title: 'an opaque directory holds a directory of the same name as below',
    layers: [[file('a/b/x', '1')], [file('a/.wh..wh..opq', ''), { path: 'a/b/' }, file('a/b/z', '2')]],
    tree: 'a/755 a/b/755 a/b/z=2',
  },
  {
    title: 'the lowest layer has whiteouts and opaque markers',
    layers: [[file('.wh.a', ''), { path: 'd/' }, file('d/.wh..wh..opq', ''), file('d/y', '2')]],
    tree: 'd/755 d/y=2',
  },
  {
    title: 'files replace directories and directories files, also across layers',
    layers: [
      [file('a/f', '1'), file('b', '1')],
      [file('a', '2'), { path: 'b/' }, file('b/f', '2')],
    ],
    tree: 'a=2 b/755 b/f=2',
  },
  {
    title: 'a directory replaces a file or a symlink that replaced one of a lower layer',
    layers: [
      [file('a/old', '1'), file('b/old', '1'), file('c/old', '1')],
      [
        file('a', '2'),
        { path: 'a/' },
        file('a/new', '2'),
        symlink('b', 'c'),
        { path: 'b/' },
        { path: 'c/' },
        file('c', '2'),
        { path: 'c/' },
        file('c/new', '2'),
      ],
    ],
    tree: 'a/755 a/new=2 b/755 c/755 c/new=2',
  },
  {
    title: 'a symlink that is replaced by a file does not change its target',
    layers: [[file('t', 'target'), symlink('s', 't'), file('s', 'new')]],
    tree: 's=new t=target',
  },
  {
    title: 'a hard link names a symlink, and another goes through one',
    layers: [[file('r/f', '1'), symlink('l', 'r'), hardLink('m', 'l'), hardLink('h', 'l/f')]],
    tree: 'h=1 l->r m=>l r/755 r/f=>h',
  },
  {
    title: 'a hard link below directories that no entry lists',
    layers: [[file('bin/app', '1'), hardLink('x/y/app', 'bin/app')]],
    tree: 'bin/755 bin/app=>x/y/app x/755 x/y/755 x/y/app=1',
  },
];

describe('a layer in the style of other archivers', () => {
  let layout: OciLayout;
  beforeEach(() => {
    layout = new OciLayout();
  });
  afterEach(() => layout.remove());

  for (const { title, layers, tree } of HABITS)
    it(title, async () => {
      const image = await layout.openTars(...layers.map((members) => tarOf(...members)));
      assert.equal(shown(image.tree), tree);
    });

  it('files below private names of aufs are targets of hard links only', async () => {
    const image = await layout.openTars(
      tarOf(
        { path: '.wh..wh.plnk/' },
        file('.wh..wh.plnk/1.2', 'x'),
        hardLink('f', '.wh..wh.plnk/1.2'),
        hardLink('d/.wh..wh.x/3', 'f'),
        hardLink('g', 'd/.wh..wh.x/3'),
        file('.wh..wh.orph/4', 'y'),
        file('.wh..wh.aufs', ''),
      ),
    );
    assert.equal(shown(image.tree), 'f=x g=>f');
    assert.deepEqual(
      [1, 2].map((index) => image.tree.entry(index).nlink),
      [2, 2],
    );
  });

  it('a hard link to a missing file below a private name of aufs is refused', async () => {
    layout.add(layout.manifest(uncompressed(tarOf(hardLink('f', '.wh..wh.plnk/1.2')))));
    await layout.refuses('bad-layer', /target of a hard link does not exist/);
  });

  it('the root is never a file', async () => {
    layout.add(layout.manifest(uncompressed(tarOf(file('./', '1', { type: '0' })))));
    await layout.refuses('bad-layer', /root is not a directory/);
  });

  it('a symlink has mode 0777, as Linux makes it', async () => {
    const { tree } = await layout.openTars(tarOf(symlink('s', 't', 0o755), symlink('z', 't', 0o644)));
    assert.deepEqual([tree.entry(1).mode, tree.entry(2).mode], [0o120777, 0o120777]);
  });

  it('an opaque root hides the layers below, whose trees stay as they are', async () => {
    const image = await layout.openTars(
      tarOf(file('a', '1')),
      tarOf(file('b', '2'), file('.wh..wh..opq', '')),
    );
    assert.equal(image.layers.length, 2);
    assert.ok(!isWhiteout(image.layers[0]!.entry(1)));
  });
});

describe('mounts of layers of other archivers', { skip: needsRoot }, () => {
  privateMounts();
  const layout = new OciLayout();
  const members = [symlink('link', 'f', 0o755), file('f', '1', { xattrs: [['com.apple.quarantine', 'x']] })];
  layout.add(
    layout.manifest(
      uncompressed(
        tarOf(file('a/hidden', '1')),
        tarOf(...members, file('.wh..wh..opq', '')),
        tarOf(file('n', '3')),
      ),
    ),
    'latest',
  );

  it('show one tree on every backend that shows contents', async (t) => {
    const setting = await openSetting(`oci:${layout.path}`);
    t.after(async () => {
      await setting.remove();
      await layout.remove();
    });
    for (const id of [
      'erofs-overlay',
      'composefs-fuse',
      'unpacked-overlay',
      'erofs-blobs',
      'plain-directory',
    ]) {
      const { needs } = setting.backend(id);
      if (needs.some(({ anyOf }) => !anyOf.some((feature) => setting.features[feature].ok))) continue;
      const proved = await setting.provedOn(id);
      assert.ok(proved.kind === 'proof', id);
      assert.equal(proved.proof.difference, null, id);
    }
  });
});
