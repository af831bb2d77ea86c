import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { readImage } from '../../../harness/erofs/read-image.ts';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { openFamily } from '../../../harness/images/family.ts';
import { openParts, openSource } from '../../../harness/images/registry.ts';
import type { SourceImage } from '../../../harness/model/image.ts';
import { S_IFMT, S_IFREG, type Tree } from '../../../harness/model/tree.ts';
import { OciLayout, tarOf, uncompressed } from './oci-layouts.ts';

const BASE = 'synthetic:files=120,layers=3,seed=1';
const family = (rest: string, base = BASE): string => `family:base=${base},${rest}`;
const bytesOf = (tree: Tree): Buffer => imageBytes(tree, {});
const open = (rest: string): Promise<SourceImage> => openSource(family(rest));

/** Path to described digest of the files of an application layer. */
const filesOf = ({ layers }: SourceImage): ReadonlyMap<string, string> => {
  const app = layers.at(-1)!;
  const files = new Map<string, string>();
  for (let index = 0; index < app.count; index++) {
    const { mode, digest, size } = app.entry(index);
    if ((mode & S_IFMT) === S_IFREG) files.set(app.path(index), digest ?? `empty ${size}`);
  }
  return files;
};

describe('a family', () => {
  it('takes its own parameters after the last count, whatever its base is called', async () => {
    const base = 'family:base=synthetic:files=30,seed=9,count=2,seed=4,member=1';
    const image = await openSource(family('count=3,app=5..6,seed=2', base));
    assert.equal(image.family?.count, 3);
    assert.equal(image.family.base?.source, base);
    assert.equal(image.layers.length, 3);
  });

  for (const [rest, message] of [
    ['app=1..2', /begins with base=SOURCE,count=N/],
    ['count=0', /count must be a whole number from 1/],
    ['count=3,app=9..8', /app must be A..B/],
    ['count=3,app=x', /app must be A..B/],
    ['count=3,shared=1.5', /shared must be a share from 0 to 1/],
    ['count=3,shared=50', /shared must be a share/],
    ['count=3,seeds=1', /unknown parameter 'seeds' of a family \(did you mean 'seed'/],
    ['count=3,seed=1,seed=2', /seed is given twice/],
    ['count=3,member=3', /member must be a whole number from 0 to 2/],
  ] as const)
    it(`refuses ${rest}`, async () => {
      await assert.rejects(open(rest), message);
    });

  it('closes its base if it cannot be made of it', async () => {
    const base = await openSource(BASE);
    let closed = 0;
    const damaged: SourceImage = {
      ...base,
      layers: base.layers.map((layer) => ({
        ...layer,
        entry: () => {
          throw new Error('a layer is damaged');
        },
      })),
      close: async () => {
        closed++;
      },
    };
    await assert.rejects(
      openFamily(`base=${BASE},count=2`, 'family', async () => damaged),
      /a layer is damaged/,
    );
    assert.equal(closed, 1);
  });

  it('has members with equal bytes alone, in a larger family and on the base of a manifest', async () => {
    const spec = 'count=6,app=20..40,shared=0.5,seed=3';
    const whole = await open(spec);
    const part = openParts(family(spec), whole.family!.base!.name, {});
    const base = readImage(bytesOf(whole.family!.base!.tree));
    for (const index of [0, 1, 5]) {
      const member = await whole.family!.open(index);
      const bytes = bytesOf(member.tree);
      const alone = await openSource(`${family(spec)},member=${index}`);
      assert.equal(alone.source, member.source);
      assert.equal(alone.name, member.name);
      const larger = await openSource(`${family(spec.replace('count=6', 'count=600'))},member=${index}`);
      const { layers, whole: wholeOf } = await part(index, base);
      for (const other of [alone.tree, larger.tree, wholeOf(layers)])
        assert.ok(bytesOf(other).equals(bytes), `member ${index}`);
    }
    assert.ok(bytesOf(whole.tree).equals(bytesOf((await whole.family!.open(0)).tree)));
  });

  it('adds files to the base and changes nothing else', async () => {
    const { tree, layers, family: members } = await open('count=2,app=20..20');
    const base = members!.base!.tree;
    for (let index = 0; index < base.count; index++) {
      const path = base.path(index);
      const [before, after] = [base.entry(index), tree.entry(tree.find(path)!)];
      assert.deepEqual(
        { ...after, index: 0, parent: 0, link: 0 },
        { ...before, index: 0, parent: 0, link: 0 },
      );
    }
    assert.equal(layers.length, 4);
    assert.equal(tree.count - base.count, layers[3]!.count - 1);
  });

  it('does not replace an entry /app of the base', async () => {
    const base = family('count=1,app=3..3');
    const { tree } = await openSource(family('count=1,app=4..4,seed=2', base));
    assert.ok(tree.find('/app') !== undefined && tree.find('/app-1') !== undefined);
  });

  it('has 20 to 200 files per member, and other members have the given share of them, too', async () => {
    for (const shared of [0, 0.25, 1]) {
      const { family: members } = await open(`count=40,shared=${shared},seed=5`);
      const files: ReadonlyMap<string, string>[] = [];
      for (let index = 0; index < 40; index++) files.push(filesOf(await members!.open(index)));
      const counts = files.map(({ size }) => size);
      assert.ok(Math.min(...counts) >= 20 && Math.max(...counts) <= 200 && new Set(counts).size > 20);
      const everywhere = new Map<string, number>();
      for (const one of files)
        for (const [path, digest] of one)
          everywhere.set(`${path} ${digest}`, (everywhere.get(`${path} ${digest}`) ?? 0) + 1);
      const common = files.flatMap((one) => [...one]).filter((file) => everywhere.get(file.join(' '))! > 1);
      const share = common.length / counts.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(share - shared) < 0.02, `${shared}: ${share}`);
    }
  });
});

describe('all tags of a layout', () => {
  const layout = new OciLayout();
  after(() => layout.remove());

  it('are a family, sorted by tag', async () => {
    const shared = tarOf({ path: 'etc/' }, { path: 'etc/a', contents: 'x'.repeat(5000) });
    for (const tag of ['b', 'a', 'c'])
      layout.add(layout.manifest(uncompressed(shared, tarOf({ path: tag, contents: tag.repeat(100) }))), tag);
    const image = await openSource(`oci:${layout.path}:*`);
    assert.equal(image.family?.count, 3);
    assert.equal(image.family.base, null);
    assert.ok(image.tree.find('/a') !== undefined);
    const second = await image.family.open(1);
    assert.equal(second.source, `oci:${layout.path}:b`);
    const part = await openParts(image.source, '', {})(1, null);
    assert.ok(bytesOf(part.whole(part.layers)).equals(bytesOf(second.tree)));
    for (const one of [image, second, part]) await one.close();
  });
});
