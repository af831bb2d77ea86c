import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diffLayer } from '../../../harness/images/layer-diff.ts';
import { flatten } from '../../../harness/images/layers.ts';
import type { Xattr } from '../../../harness/model/tree.ts';
import {
  device,
  directory,
  type Entries,
  inline,
  linesOf,
  link,
  symlink,
  treeOf,
  whiteout,
} from './trees.ts';

const OPAQUE: Xattr = ['trusted.overlay.opaque', 'y'];
const flat = (...layers: Entries[]): string[] => linesOf(flatten(layers.map(treeOf)).tree);
const same = (layers: Entries[], expected: Entries): void =>
  assert.deepEqual(flat(...layers), linesOf(treeOf(expected)));

describe('a stack of layers', () => {
  it('shows the upper entry, and merges directories with the upper attributes', () => {
    same(
      [
        {
          d: directory({ mode: 0o40700, xattrs: [['user.x', 'low']] }),
          'd/low': inline('low'),
          'd/both': inline('low'),
        },
        {
          '': directory({ uid: 5 }),
          d: directory({ mode: 0o40755, uid: 9 }),
          'd/both': inline('up'),
          'd/up': inline('up'),
        },
      ],
      {
        '': directory({ uid: 5 }),
        d: directory({ mode: 0o40755, uid: 9 }),
        'd/both': inline('up'),
        'd/low': inline('low'),
        'd/up': inline('up'),
      },
    );
  });

  it('hides the name of a whiteout in all lower layers', () => {
    same(
      [
        { f: inline('1'), d: directory(), 'd/x': inline('1') },
        { f: inline('2') },
        { f: whiteout(), d: whiteout() },
        { d: directory(), 'd/y': inline('4') },
      ],
      { d: directory(), 'd/y': inline('4') },
    );
  });

  it('hides lower entries of an opaque directory and removes its mark', () => {
    same(
      [
        { d: directory(), 'd/x': inline('1'), 'd/e': directory(), 'd/e/y': inline('1') },
        { d: directory(), 'd/z': inline('2') },
        { d: directory({ xattrs: [OPAQUE, ['user.a', 'b']] }), 'd/e': directory() },
        { d: directory({ xattrs: [['user.top', '1']] }), 'd/t': inline('4') },
      ],
      { d: directory({ xattrs: [['user.top', '1']] }), 'd/e': directory(), 'd/t': inline('4') },
    );
  });

  it('replaces a directory by a file and a file by a directory', () => {
    same(
      [
        { a: directory(), 'a/x': inline('1'), b: inline('1'), c: directory(), 'c/x': inline('1') },
        { a: symlink('b'), b: directory(), 'b/y': inline('2'), c: inline('2') },
        { c: directory(), 'c/z': inline('3') },
      ],
      { a: symlink('b'), b: directory(), 'b/y': inline('2'), c: directory(), 'c/z': inline('3') },
    );
  });

  it('keeps hard links only within a layer, for any remaining names', () => {
    same(
      [
        { a: inline('one', { nlink: 3 }), b: link('/a'), c: link('/a') },
        { a: inline('two'), d: inline('three', { nlink: 2 }), e: link('/d') },
      ],
      {
        a: inline('two'),
        b: inline('one', { nlink: 3 }),
        c: link('/b'),
        d: inline('three', { nlink: 2 }),
        e: link('/d'),
      },
    );
  });

  it('drops whiteouts without a lower entry, also in the lowest layer', () => {
    same([{ a: whiteout(), b: inline('b') }, { c: whiteout() }], { b: inline('b') });
  });

  it('hides everything below an opaque root', () => {
    same([{ a: inline('a') }, { '': directory({ xattrs: [OPAQUE] }), b: inline('b') }], { b: inline('b') });
  });

  it('gives the origin of every entry', () => {
    const layers = [
      { a: inline('1'), d: directory(), 'd/x': inline('1') },
      { d: directory(), 'd/y': inline('2') },
    ].map(treeOf);
    const { tree, origin } = flatten(layers);
    for (let index = 0; index < tree.count; index++) {
      const at = origin(index);
      assert.equal(layers[at.layer]!.path(at.index), tree.path(index));
      assert.equal(layers[at.layer]!.entry(at.index).content, tree.entry(index).content);
    }
  });
});

describe('the difference of two trees as a layer', () => {
  const lower: Entries = {
    '': directory({ mtimeSec: 1n }),
    kept: inline('same'),
    gone: inline('x'),
    'gone-dir': directory(),
    'gone-dir/x': inline('x'),
    changed: inline('before'),
    touched: inline('t', { mtimeSec: 1n }),
    kind: directory(),
    'kind/x': inline('x'),
    d: directory(),
    'd/kept': inline('k'),
    'd/gone': inline('g'),
    l1: inline('linked', { nlink: 2 }),
    l2: link('/l1'),
    m1: inline('m', { nlink: 2 }),
    m2: link('/m1'),
    n1: inline('n', { nlink: 3 }),
    n2: link('/n1'),
    n3: link('/n1'),
  };
  const upper: Entries = {
    '': directory({ mtimeSec: 2n }),
    kept: inline('same'),
    changed: inline('after!'),
    touched: inline('t', { mtimeSec: 2n }),
    kind: inline('now a file'),
    d: directory(),
    'd/kept': inline('k'),
    'd/new': device('char', 5),
    l1: inline('linked', { nlink: 3 }),
    l2: link('/l1'),
    l3: link('/l1'),
    m1: inline('m', { nlink: 2 }),
    m2: link('/m1'),
    n1: inline('n', { nlink: 3 }),
    n2: link('/n1'),
    n4: link('/n1'),
  };

  it('gives the second tree on top of the first', () => {
    const layer = diffLayer(treeOf(lower), treeOf(upper));
    assert.deepEqual(linesOf(flatten([treeOf(lower), layer]).tree), linesOf(treeOf(upper)));
  });

  it('holds no equal entries, and whiteouts for removed names', () => {
    const layer = diffLayer(treeOf(lower), treeOf(upper));
    assert.equal(layer.find('/kept'), undefined);
    assert.equal(layer.find('/m1'), undefined);
    assert.equal(layer.find('/d/kept'), undefined);
    for (const path of ['/gone', '/gone-dir', '/d/gone'])
      assert.equal(layer.entry(layer.find(path)!).mode, 0o20000, path);
    assert.equal(layer.find('/kind/x'), undefined);
    assert.equal(layer.find('/gone-dir/x'), undefined);
  });
});
