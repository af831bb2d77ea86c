import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openSynthetic } from '../../../harness/images/synthetic.ts';
import { sizeAt } from '../../../harness/images/synthetic-shape.ts';
import type { SourceImage } from '../../../harness/model/image.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, type Tree } from '../../../harness/model/tree.ts';
import { linesOf } from './trees.ts';

const open = (spec: string): Promise<SourceImage> => openSynthetic(spec, `synthetic:${spec}`);
const entriesOf = (tree: Tree, format: number) =>
  Array.from({ length: tree.count }, (_, index) => tree.entry(index)).filter(
    (entry) => (entry.mode & S_IFMT) === format,
  );

describe('a synthetic image', () => {
  it('depends only on its parameters, and differs by seed', async () => {
    const spec = 'files=300,layers=3,seed=x';
    const [one, two, other] = [await open(spec), await open(spec), await open('files=300,layers=3,seed=y')];
    assert.deepEqual(linesOf(one.tree), linesOf(two.tree));
    assert.deepEqual(
      one.layers.map((layer) => linesOf(layer)),
      two.layers.map((layer) => linesOf(layer)),
    );
    assert.notDeepEqual(linesOf(one.tree), linesOf(other.tree));
  });

  for (const files of [1, 2, 17, 1000])
    for (const layers of [1, 4])
      it(`shows exactly ${files} files through ${layers} layers`, async () => {
        const image = await open(`files=${files},layers=${layers}`);
        assert.equal(entriesOf(image.tree, S_IFREG).length, files);
        assert.equal(image.layers.length, layers);
      });

  it('with upto is the same image without the upper layers', async () => {
    const whole = await open('files=300,layers=3,seed=u');
    const base = await open('files=300,layers=3,seed=u,upto=2');
    assert.deepEqual(
      base.layers.map((layer) => linesOf(layer)),
      whole.layers.slice(0, 2).map((layer) => linesOf(layer)),
    );
    assert.notEqual(base.name, whole.name);
    assert.ok(entriesOf(base.tree, S_IFREG).length < 300);
    assert.equal((await open('files=300,layers=3,seed=u,upto=3')).name, whole.name);
    await assert.rejects(open('files=300,layers=3,upto=4'), /upto must be a whole number from 1 to 3/);
  });

  it('has sizes, directories and symlinks in the proportions of a distribution', async () => {
    const { tree } = await open('files=16000');
    const sizes = entriesOf(tree, S_IFREG)
      .map(({ size }) => Number(size))
      .sort((a, b) => a - b);
    const at = (quantile: number): number => sizes[Math.floor(quantile * sizes.length)]!;
    // cs9-x86_64-minimal: median 3951, p90 57440, p99 709240, 867645394 bytes in all.
    for (const [quantile, expected] of [
      [0.5, 3951],
      [0.9, 57440],
      [0.99, 709240],
    ] as const)
      assert.ok(Math.abs(at(quantile) / expected - 1) < 0.05, `${quantile}: ${at(quantile)}`);
    const sum = sizes.reduce((total, size) => total + size, 0);
    assert.ok(sum > 700e6 && sum < 1100e6, `${sum}`);
    assert.ok(Math.abs(entriesOf(tree, S_IFDIR).length - 4050) < 50);
    assert.ok(Math.abs(entriesOf(tree, S_IFLNK).length - 1958) < 50);
    const fullest = Math.max(...entriesOf(tree, S_IFDIR).map(({ index }) => tree.children(index).length));
    assert.ok(fullest > 50 && fullest < 2000, `${fullest}`);
  });

  it('with a mix has the same mean size and share of duplicates for any number of files', async () => {
    const sums = await Promise.all(
      [100, 300, 2000].map(async (files) => {
        const image = await open(`files=${files},layers=2,mix=100,seed=m`);
        const bodies = entriesOf(image.tree, S_IFREG);
        const objects = new Set(
          bodies.map(({ index }) => {
            const content = image.content(image.tree, index);
            return content.kind === 'seed' ? content.seed : assert.fail(content.kind);
          }),
        );
        assert.equal(image.name, `synthetic-${files}-2-m-mix-100`);
        return [
          bodies.reduce((sum, { size }) => sum + Number(size), 0) / files,
          (files - objects.size) / files,
        ] as const;
      }),
    );
    const [first] = sums;
    for (const one of sums) assert.deepEqual(one, first);
    // cs9-x86_64-minimal has 54 kB per file, and 17 % of its files are duplicates.
    assert.ok(first![0] > 40e3 && first![0] < 70e3, `${first![0]}`);
    assert.equal(first![1], 0.16);
    await assert.rejects(open('files=3,mix=0'), /mix must be a whole number from 1 to 1000/);
  });

  it('has whiteouts and replaced files only in upper layers', async () => {
    const { layers } = await open('files=4000,layers=3,seed=w');
    const whiteouts = layers.map((layer) => entriesOf(layer, 0o20000).length);
    assert.equal(whiteouts[0], 0);
    assert.ok(whiteouts[1]! + whiteouts[2]! > 0);
    const paths = layers.map(
      (layer) => new Set(entriesOf(layer, S_IFREG).map(({ index }) => layer.path(index))),
    );
    assert.ok([...paths[0]!].some((path) => paths[1]!.has(path) || paths[2]!.has(path)));
  });

  it('gives the same contents for the flattened tree and its layers', async () => {
    const image = await open('files=200,layers=2');
    for (const { index, size } of entriesOf(image.tree, S_IFREG)) {
      if (size === 0n) continue;
      const ref = image.content(image.tree, index);
      assert.equal(ref.sizeBytes, Number(size));
      const path = image.tree.path(index);
      const from = image.layers.filter((layer) => layer.find(path) !== undefined).at(-1)!;
      assert.deepEqual(image.content(from, from.find(path)!), ref);
    }
  });

  it('has sizes that grow with the quantile', () => {
    let last = 0;
    for (let i = 0; i <= 10_000; i++) {
      const size = sizeAt(i / 10_000);
      assert.ok(size >= last && Number.isSafeInteger(size), `${i}`);
      last = size;
    }
  });

  for (const spec of [
    'files=0',
    'files=1000001',
    'files=1.5',
    'files=x',
    'layers=0',
    'layers=101',
    'colour=red',
    'files',
  ])
    it(`is refused as ${spec}`, async () => {
      await assert.rejects(open(spec), { code: 'usage' });
    });
});
