import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parseDump } from '../../../harness/images/dump-text.ts';
import {
  fixtureFolder,
  fixtureNames,
  openFixture,
  shippedFixtures,
} from '../../../harness/images/fixture.ts';
import { flatten } from '../../../harness/images/layers.ts';
import type { SourceImage } from '../../../harness/model/image.ts';
import { S_IFDIR, S_IFMT, S_IFREG } from '../../../harness/model/tree.ts';
import { hasObject } from '../../../harness/store/prepare.ts';

const open = (name: string): Promise<SourceImage> => openFixture(name, `fixture:${name}`);
const foreign = process.env['CFSBENCH_FIXTURES'];
const digestsOf = ({ tree }: SourceImage): Set<string> => {
  const digests = new Set<string>();
  for (let index = 0; index < tree.count; index++) {
    const entry = tree.entry(index);
    if (hasObject(entry)) digests.add(entry.digest!);
  }
  return digests;
};

describe('the fixtures that ship with the project', () => {
  it('are at least four, under 8 MB in all, and all listed', () => {
    const sizes = readdirSync(fixtureFolder()).map((name) => statSync(join(fixtureFolder(), name)).size);
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 8e6);
    assert.ok(shippedFixtures().length >= 4);
    const listed = new Set(shippedFixtures().flatMap(({ layers }) => layers));
    assert.deepEqual(
      [...listed].sort(),
      readdirSync(fixtureFolder())
        .filter((name) => name.endsWith('.dump.gz'))
        .sort(),
    );
    for (const { name } of shippedFixtures()) assert.ok(fixtureNames().some((known) => known.name === name));
  });

  for (const fixture of shippedFixtures())
    it(`match their description (${fixture.name})`, async () => {
      const image = await open(fixture.name);
      assert.equal(image.name, fixture.name);
      assert.equal(image.tree.count, fixture.entryCount);
      assert.equal(image.layers.length, fixture.layers.length);
      assert.ok(fixture.packages.length > 0);
      let fileBytes = 0;
      for (let index = 0; index < image.tree.count; index++) {
        const entry = image.tree.entry(index);
        if ((entry.mode & S_IFMT) === S_IFREG && entry.link === null) fileBytes += Number(entry.size);
        if (hasObject(entry)) {
          assert.match(entry.digest ?? '', /^[0-9a-f]{64}$/);
          assert.equal(image.content(image.tree, index).sizeBytes, Number(entry.size));
        }
      }
      assert.equal(fileBytes, fixture.fileBytes);
    });

  it('hold nothing that differs between builds', async () => {
    for (const { name } of shippedFixtures()) {
      const { tree } = await open(name);
      for (const path of ['/etc/hostname', '/etc/resolv.conf', '/etc/machine-id', '/etc/apt/sources.list'])
        assert.equal(tree.find(path), undefined, `${name} ${path}`);
      for (const path of ['/var/log', '/var/cache', '/var/lib/apt/lists', '/tmp', '/run', '/dev']) {
        const at = tree.find(path);
        if (at === undefined) continue;
        for (const child of tree.children(at))
          assert.equal(tree.entry(child).mode & S_IFMT, S_IFDIR, `${name} ${tree.path(child)}`);
      }
    }
  });

  it('have two versions of one image that share most contents', async () => {
    const before = digestsOf(await open('debian-12-python'));
    const after = digestsOf(await open('debian-12-python-security'));
    const shared = [...after].filter((digest) => before.has(digest)).length;
    assert.ok(shared > 0.5 * after.size && shared < after.size, `${shared} of ${after.size}`);
  });

  it('have layers that flatten to the built tree', async () => {
    const { layers, tree } = await open('debian-12-nginx');
    const texts = ['debian-12-base', 'debian-12-nginx'].map((name) =>
      parseDump(gunzipSync(readFileSync(join(fixtureFolder(), `${name}.dump.gz`)))),
    );
    assert.equal(flatten(texts).tree.count, tree.count);
    assert.ok(layers[1]!.count < layers[0]!.count);
    assert.notEqual(tree.find('/usr/sbin/nginx'), undefined);
    assert.equal(layers[0]!.find('/usr/sbin/nginx'), undefined);
  });

  it('have one as large as the published trees, below 1 GB', () => {
    const large = shippedFixtures().find(({ name }) => name === 'debian-12-developer')!;
    assert.ok(large.entryCount >= 60_000, `${large.entryCount}`);
    assert.ok(large.fileBytes <= 1e9, `${large.fileBytes}`);
  });

  it('are listed by the error for an unknown name', async () => {
    await assert.rejects(open('debian-12-statc'), (error: Error & { facts?: string[] }) => {
      assert.match(
        error.message,
        /^unknown fixture 'debian-12-statc' \(did you mean 'debian-12-static'\?\)$/,
      );
      assert.match(error.facts?.join() ?? '', /debian-12-nginx/);
      return true;
    });
  });
});

describe('a folder of dumps', () => {
  const needs = foreign === undefined ? { skip: 'CFSBENCH_FIXTURES names no folder' } : {};
  it('gives fixtures by file name, with and without suffix', needs, async () => {
    const names = readdirSync(foreign!).filter((name) => /\.dump(\.gz)?$/.test(name));
    assert.ok(names.length > 0);
    for (const name of names) {
      const short = name.replace(/\.dump(\.gz)?$/, '');
      assert.ok(fixtureNames().some((known) => known.name === short));
      if (statSync(join(foreign!, name)).size > 100_000) continue;
      assert.equal((await open(short)).tree.count, (await open(name)).tree.count);
    }
  });
});
