// Operations on many files in one window: trees and link stores.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { parseDump } from '../../../harness/images/dump-text.ts';
import type { Image } from '../../../harness/model/image.ts';
import { linkKey } from '../../../harness/store/checkout-tar.ts';
import { plantedTree } from '../../../harness/store/planted-tree.ts';
import { batchFiles } from '../../../harness/sys/batch-files.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { getXattr } from '../../../harness/sys/xattrs.ts';
import { needsRoot, privateMounts, temporaryFolder } from './support.ts';

const MAKER = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, umask: process.umask() };
const MANY = 3000;

/** The composefs image of a folder with a file for each of these objects. */
const manifestOf = (objects: readonly string[]): Buffer => {
  const files = objects.map(
    (name, i) => `/${i} 1 100644 1 0 0 0 0.0 ${name.slice(0, 2)}/${name.slice(2)} - -\n`,
  );
  return imageBytes(parseDump(Buffer.from(`/ 4096 40755 2 0 0 0 0.0 - - -\n${files.join('')}`)));
};

describe('many files in one window', {
  skip: batchFiles === null ? 'the library is not built' : false,
}, () => {
  const here = batchFiles!;

  test('collect keeps live digests, counts equal ones once, and accepts a digest of zeros', (t) => {
    const dir = join(temporaryFolder(t), 'objects');
    const names = Array.from({ length: 400 }, (_, i) =>
      createHash('sha256').update(`object ${i}`).digest('hex'),
    );
    const zeros = '0'.repeat(64);
    for (const name of [...names, zeros, `${'0'.repeat(63)}1`]) {
      mkdirSync(join(dir, name.slice(0, 2)), { recursive: true });
      writeFileSync(join(dir, name.slice(0, 2), name.slice(2)), '');
    }
    const kept = names.filter((_, i) => i % 3 === 0);
    const others = Array.from({ length: 20_000 }, (_, i) =>
      createHash('sha256').update(`other ${i}`).digest('hex'),
    );
    const { liveCount, keptCount, removedCount } = here.collect({
      dirs: [dir],
      keep: [manifestOf([...others, ...kept]), manifestOf([...kept, zeros])],
      removesFolders: false,
    });
    assert.equal(liveCount, others.length + kept.length);
    assert.deepEqual([keptCount, removedCount], [kept.length + 1, names.length - kept.length + 1]);
    const left = readdirSync(dir).flatMap((fan) => readdirSync(join(dir, fan)).map((rest) => fan + rest));
    assert.deepEqual(left.sort(), [...kept, zeros].sort());
  });

  test('a damaged manifest, and one whose pages cannot be read, is named', (t) => {
    const folder = temporaryFolder(t);
    const [sound, damaged] = ['sound', 'damaged'].map((name) => join(folder, name)) as [string, string];
    const image = manifestOf(['ab'.repeat(32)]);
    writeFileSync(sound, image);
    writeFileSync(damaged, image.fill(0, 0, 32));
    const collect = (...keep: (string | Buffer)[]) => here.collect({ dirs: [], keep, removesFolders: false });
    assert.throws(() => collect(sound, damaged), { code: 'bad-image', facts: [damaged] });
    assert.throws(() => collect(sound, image), { code: 'bad-image', facts: ['manifest 1'] });
    assert.throws(() => collect(join(folder, 'absent')), { code: 'ENOENT' });
  });

  test('collectLinkStore without a list keeps files that have another name', (t) => {
    const folder = temporaryFolder(t);
    const dir = join(folder, 'links');
    mkdirSync(dir);
    for (const name of ['used', 'unused', 'used-twice']) writeFileSync(join(dir, name), name);
    for (const [name, other] of [
      ['used', 'a'],
      ['used-twice', 'b'],
      ['used-twice', 'c'],
    ] as const)
      linkSync(join(dir, name), join(folder, other));
    const { keptCount, removedCount } = here.collectLinkStore({ dirs: [dir], keep: null });
    assert.deepEqual([keptCount, removedCount], [2, 1]);
    assert.deepEqual(readdirSync(dir).sort(), ['used', 'used-twice']);
  });

  test('collect follows no link to a folder, and a missing folder inside is a failure', (t) => {
    const folder = temporaryFolder(t);
    const objects = join(folder, 'objects');
    const outside = join(folder, 'outside');
    for (const dir of [objects, outside, join(objects, 'ab')]) mkdirSync(dir);
    for (const file of [join(outside, 'stays'), join(objects, 'ab', 'c'.repeat(62))]) writeFileSync(file, '');
    symlinkSync(outside, join(objects, 'cd'));
    const work = { dirs: [objects], keep: [], removesFolders: true };
    assert.throws(() => here.collect(work), { code: 'ENOTDIR', facts: [join(objects, 'cd')] });
    assert.ok(existsSync(join(outside, 'stays')));
    unlinkSync(join(objects, 'cd'));
    symlinkSync(join(folder, 'absent'), join(objects, 'cd'));
    assert.throws(() => here.collect(work), { facts: [join(objects, 'cd')] });
    unlinkSync(join(objects, 'cd'));
    here.collect(work);
    here.collect(work);
    assert.ok(!existsSync(objects));
  });

  test('removeTree removes files of all types and names', (t) => {
    const folder = temporaryFolder(t);
    const tree = join(folder, 'tree');
    const outside = join(folder, 'outside');
    writeFileSync(outside, 'stays');
    let deep = tree;
    for (let i = 0; i < 60; i++) deep = join(deep, `${i}`);
    mkdirSync(deep, { recursive: true });
    // Names are bytes: invalid UTF-8, a newline, shell patterns.
    for (const name of [
      Buffer.from([0xff, 0xfe]),
      Buffer.from('line\nend'),
      Buffer.from('$HOME *'),
      Buffer.from('.hidden'),
    ])
      writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), name]), 'x');
    for (let i = 0; i < MANY; i++) writeFileSync(join(tree, `${i}`.padStart(60, 'n')), '');
    symlinkSync(folder, join(tree, 'to-a-folder'));
    symlinkSync('nowhere', join(tree, 'dangling'));
    linkSync(outside, join(tree, 'linked'));
    mkdirSync(join(tree, 'closed'));
    writeFileSync(join(tree, 'closed/file'), '', { mode: 0o000 });
    chmodSync(join(tree, 'closed'), needsRoot === false ? 0o000 : 0o700);
    here.removeTree(tree);
    assert.deepEqual(readdirSync(folder), ['outside']);
    assert.equal(readFileSync(outside, 'utf8'), 'stays');
  });

  test('the error of a failed removal has the path from the root of the tree', { skip: needsRoot }, (t) => {
    privateMounts();
    const tree = join(temporaryFolder(t), 'tree');
    const at = join(tree, 'a/b/busy');
    mkdirSync(at, { recursive: true });
    mounts.attach(mounts.create('tmpfs', [], []), at);
    try {
      assert.throws(() => here.removeTree(tree), { code: 'EBUSY', message: /unlinkat/, facts: [at] });
      assert.ok(existsSync(at));
    } finally {
      mounts.unmount(at);
    }
    here.removeTree(tree);
    assert.throws(() => here.removeTree(tree), { code: 'ENOENT', facts: [tree] });
  });

  test('a link store keeps live files and is removed with its last file', (t) => {
    const folder = temporaryFolder(t);
    const linkStore = join(folder, 'link-store');
    mkdirSync(linkStore);
    const keys = Array.from({ length: 600 }, (_, i) => (i + 1).toString(16).padStart(4, '0').repeat(16));
    for (const key of keys) writeFileSync(join(linkStore, key), '');
    const live = keys.filter((_, i) => i % 3 === 0);
    const dirs = [linkStore, join(folder, 'absent')];
    const names = (of: readonly string[]): Buffer => Buffer.from(of.join(''), 'hex');
    // Two images with 50 common files, and one without files.
    const keep = [names(live.slice(0, 125)), names(live.slice(75)), names([])];
    const { liveCount, keptCount, removedCount } = here.collectLinkStore({ dirs, keep });
    assert.deepEqual([liveCount, keptCount, removedCount], [200, 200, 400]);
    assert.deepEqual(readdirSync(linkStore).sort(), live);
    here.collectLinkStore({ dirs, keep: [names([])] });
    assert.deepEqual(readdirSync(folder), []);
  });

  test('the window of a link store marks the files of every kept image', (t) => {
    const dirs = [temporaryFolder(t)];
    const lists = Array.from({ length: 40 }, (_, image) =>
      Buffer.concat(
        Array.from({ length: MANY }, (__, i) => createHash('sha256').update(`${image} ${i}`).digest()),
      ),
    );
    // Files that images share are marked once for each of them, as a manifest is read to its end.
    const kept = [lists.slice(0, 1), lists, Array<Buffer>(40).fill(lists[0]!)];
    // In turn, so that other work on the CPUs disturbs all three; the least of each was hardly disturbed.
    const rounds = Array.from({ length: 20 }, () =>
      kept.map((keep) => here.collectLinkStore({ dirs, keep }).markNs),
    );
    const [one, all, same] = kept.map((_, i) => Math.min(...rounds.map((round) => round[i]!)));
    assert.ok(all! > 4 * one!, `${all} ns for 40 images, ${one} ns for one`);
    // Only the first of the equal images makes the table grow.
    assert.ok(same! > 1.5 * one!, `${same} ns for 40 equal images, ${one} ns for one`);
  });

  test('hasLinks looks each file up in its folder, up to the first that is missing', (t) => {
    const folder = temporaryFolder(t);
    const dirs = ['even', 'odd'].map((name) => join(folder, name));
    const keys = Array.from({ length: 64 }, (_, i) => (i * 4).toString(16).padStart(2, '0').repeat(32));
    for (const dir of dirs) mkdirSync(dir);
    const pathOf = (key: string): string => join(dirs[Number.parseInt(key[0]!, 16) % 2]!, key);
    for (const key of keys) writeFileSync(pathOf(key), '');
    const names = (of: readonly string[]): Buffer => Buffer.from(of.join(''), 'hex');
    assert.ok(here.hasLinks(dirs, names(keys)));
    assert.ok(here.hasLinks(dirs, names([])));
    assert.ok(!here.hasLinks([dirs[0]!], names(keys)));
    for (const missing of [0, 31, 63]) {
      unlinkSync(pathOf(keys[missing]!));
      assert.ok(!here.hasLinks(dirs, names(keys)), keys[missing]);
      writeFileSync(pathOf(keys[missing]!), '');
    }
    const long = join(folder, 'x'.repeat(4096));
    assert.throws(() => here.hasLinks([long], names(keys)), { code: 'ENAMETOOLONG' });
  });

  const DIGEST = 'ab'.repeat(32);
  const LINES = [
    '/ 4096 40755 4 0 0 0 1700000000.123456789 - - - user.root=yes',
    '/a 4096 42750 2 1 2 0 1700000001.5 - - - user.on=folder',
    `/a/one 9000 100644 2 0 0 0 1700000002.5 ab/${'ab'.repeat(31)} - ${DIGEST}`,
    `/a/two 9000 @100644 2 0 0 0 1700000002.5 /a/one - -`,
    '/a/small 6 104711 2 5 6 0 -5.25 - hello\\n - user.key=value',
    '/again 6 @104711 2 5 6 0 -5.25 /a/small - -',
    '/null 0 20666 1 0 0 259 1700000006.0 - - -',
    '/pipe 0 10640 1 7 8 0 1700000007.0 - - -',
    '/to 3 120777 1 9 9 0 1700000008.25 a/b - -',
    '/x\\xff 0 100600 1 0 0 0 1700000004.0 - - -',
  ];
  const tree = parseDump(Buffer.from(`${LINES.join('\n')}\n`, 'latin1'));

  test('makeTree makes links, small files and devices with their metadata', { skip: needsRoot }, (t) => {
    const folder = temporaryFolder(t);
    const linkStore = join(folder, 'link-store');
    const root = join(folder, 'root');
    mkdirSync(linkStore);
    const key = linkKey(tree.entry(tree.find('/a/one')!));
    writeFileSync(join(linkStore, key), 'x'.repeat(9000));
    const planted = plantedTree({ tree } as Image, MAKER);
    here.makeTree({ linkStores: [linkStore], nodes: planted.at(root) });
    const info = (path: string) => statSync(join(root, path), { bigint: true });
    assert.equal(info('a').mode & 0o7777n, 0o2750n);
    assert.deepEqual([info('a').uid, info('a').gid, info('a').mtimeNs], [1n, 2n, 1700000001000000005n]);
    assert.equal(info('.').mtimeNs, 1700000000123456789n);
    assert.equal(info('a/one').ino, statSync(join(linkStore, key), { bigint: true }).ino);
    assert.equal(info('a/two').ino, info('a/one').ino);
    assert.equal(info('again').ino, info('a/small').ino);
    assert.equal(info('a/small').mode & 0o7777n, 0o4711n);
    assert.equal(info('a/small').mtimeNs, -4999999975n);
    assert.equal(readFileSync(join(root, 'again'), 'utf8'), 'hello\n');
    assert.deepEqual([info('null').mode, info('null').rdev], [0o20666n, 259n]);
    assert.equal(info('pipe').mode & 0o170000n, 0o10000n);
    assert.equal(getXattr(Buffer.from(join(root, 'a/small')), 'user.key'), 'value');
    assert.equal(getXattr(Buffer.from(root), 'user.root'), 'yes');
    assert.throws(() => here.makeTree({ linkStores: [linkStore], nodes: planted.at(root) }), {
      code: 'EEXIST',
      message: /mkdirat/,
      facts: [root],
    });
    here.removeTree(root);
    assert.throws(() => here.makeTree({ linkStores: [folder], nodes: planted.at(root) }), {
      code: 'ENOENT',
      message: /linkat/,
      facts: ['one'],
    });
    here.removeTree(root);
  });
});
