import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findDifference, firstDifference } from '../../../harness/digest/compare.ts';
import { type ListedEntry, newListing, type ProofLevel } from '../../../harness/digest/listing.ts';
import { removeFolder, tempFolder } from './rich-tree.ts';

let folder = '';
before(() => {
  folder = tempFolder();
});
after(() => removeFolder(folder));

const file = (path: string, parts: Partial<ListedEntry> = {}): ListedEntry => ({
  path,
  mode: 0o100644,
  uid: 0,
  gid: 0,
  mtimeNs: 0n,
  rdev: { major: 0, minor: 0 },
  sizeBytes: 0n,
  digest: '0'.repeat(64),
  target: null,
  firstName: path,
  xattrs: [],
  ...parts,
});

const write = (name: string, rows: readonly ListedEntry[]): string => {
  let text = '';
  const listing = newListing({ contents: true, selinux: true, trusted: true }, (lines) => {
    text += lines;
  });
  for (const row of rows) listing.add(row);
  listing.finish();
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const between = (expected: readonly ListedEntry[], seen: readonly ListedEntry[], level?: ProofLevel) =>
  findDifference(write('expected', expected), write('seen', seen), level);

test('equal listings have no difference', () => {
  assert.equal(between([file('/a'), file('/b')], [file('/a'), file('/b')]), null);
});

test('a missing name differs from a new one', () => {
  const absent = between([file('/a'), file('/b'), file('/c')], [file('/a'), file('/c')]);
  assert.deepEqual(absent, { path: '/b', attribute: 'entry', expected: 'present', seen: 'absent' });
  const extra = between([file('/a')], [file('/a'), file('/b')]);
  assert.deepEqual(extra, { path: '/b', attribute: 'entry', expected: 'absent', seen: 'present' });
});

test('names are compared unescaped', () => {
  // Escaped, 0xff would sort before `b`.
  const difference = between([file('/b'), file('/\xff')], [file('/\xff')]);
  assert.equal(difference?.path, '/b');
  assert.equal(difference.seen, 'absent');
});

test('a hard link is described in words', () => {
  const path = write('expected', [file('/a'), file('/b', { firstName: '/a' })]);
  assert.equal(
    firstDifference(path, write('seen', [file('/a'), file('/b')])),
    '/b: hard link: expected the inode of /a, seen an inode of its own',
  );
});

test('an absent attribute differs from an empty one', () => {
  const difference = between([file('/a', { xattrs: [['user.x', '']] })], [file('/a')]);
  assert.deepEqual(difference, { path: '/a', attribute: 'xattr user.x', expected: '""', seen: 'absent' });
});

test('level metadata ignores contents and the whiteouts of the root', () => {
  const expected = [file('/a', { digest: '1'.repeat(64) })];
  const whiteout = file('/0f', { mode: 0o020644, digest: null });
  assert.equal(between(expected, [whiteout, file('/a')], 'metadata'), null);
  assert.equal(between(expected, [whiteout, file('/a')])?.path, '/0f');
  assert.equal(between(expected, [whiteout, file('/a', { uid: 1 })], 'metadata')?.attribute, 'uid');
});

test('a difference at the end of a long listing is found', () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => file(`/${String(i).padStart(6, '0')}`));
  const changed = [...rows.slice(0, -1), file(rows.at(-1)!.path, { gid: 9 })];
  assert.equal(
    firstDifference(write('expected', rows), write('seen', changed)),
    '/019999: gid: expected 0, seen 9',
  );
});

test('level merged-inodes ignores hard links but not contents', () => {
  const apart = [file('/a'), file('/b')];
  const merged = [file('/a'), file('/b', { firstName: '/a' })];
  assert.equal(between(apart, merged)?.attribute, 'hard link');
  assert.equal(between(apart, merged, 'merged-inodes'), null);
  const other = [file('/a'), file('/b', { firstName: '/a', digest: '1'.repeat(64) })];
  assert.equal(between(apart, other, 'merged-inodes')?.attribute, 'contents');
});

test('a backend that loses times may show any mtime, but no other difference', () => {
  const lose = (seen: ListedEntry) => {
    const hidden = { prefixes: [], losesTimes: true, found: new Set<string>() };
    const difference = findDifference(
      write('expected', [file('/a')]),
      write('seen', [seen]),
      'contents',
      hidden,
    );
    return [difference?.attribute ?? null, [...hidden.found]];
  };
  assert.deepEqual(lose(file('/a', { mtimeNs: 5n })), [null, ['mtime']]);
  assert.deepEqual(lose(file('/a')), [null, []]);
  assert.equal(lose(file('/a', { mtimeNs: 5n, mode: 0o100600 }))[0], 'mode');
});

test('a backend that adds empty directories may show them, and nothing inside', () => {
  const directory = (path: string): ListedEntry => file(path, { mode: 0o040755 });
  const add = (...seen: readonly ListedEntry[]) => {
    const hidden = { prefixes: [], losesTimes: false, adds: ['/b', '/d'], found: new Set<string>() };
    const expected = write('expected', [file('/a'), file('/c')]);
    const difference = findDifference(expected, write('seen', seen), 'contents', hidden);
    return [difference?.path ?? null, [...hidden.found]];
  };
  const [a, c] = [file('/a'), file('/c')];
  const both = ['the absence of /b', 'the absence of /d'];
  assert.deepEqual(add(a, directory('/b'), c, directory('/d')), [null, both]);
  assert.deepEqual(add(a, c), [null, []]);
  assert.deepEqual(add(a, directory('/b'), file('/b/in'), c), ['/b/in', ['the absence of /b']]);
  assert.deepEqual(add(a, file('/b'), c), ['/b', []]);
  assert.deepEqual(add(a, directory('/aa'), c), ['/aa', []]);
});

test('a backend that marks files may add its attribute to files only, and no other attribute', () => {
  const mark = (expected: ListedEntry, seen: ListedEntry) => {
    const hidden = { prefixes: [], losesTimes: false, marks: ['trusted.mark'], found: new Set<string>() };
    const difference = findDifference(
      write('expected', [expected]),
      write('seen', [seen]),
      'contents',
      hidden,
    );
    return [difference?.attribute ?? null, [...hidden.found]];
  };
  const own = ['user.own', 'x'] as const;
  const marked = (...more: readonly (readonly [string, string])[]) =>
    file('/a', { xattrs: [['trusted.mark', '1'], ...more] });
  const found = ['the absence of trusted.mark'];
  assert.deepEqual(mark(file('/a'), marked()), [null, found]);
  assert.deepEqual(mark(file('/a'), file('/a')), [null, []]);
  assert.deepEqual(mark(file('/a'), marked(own)), ['xattr user.own', found]);
  assert.deepEqual(mark(file('/a', { xattrs: [own] }), marked()), ['xattr user.own', found]);
  assert.deepEqual(mark(marked(), file('/a')), ['xattr trusted.mark', []]);
  assert.deepEqual(mark(marked(), file('/a', { xattrs: [['trusted.mark', '2']] })), [
    'xattr trusted.mark',
    [],
  ]);
  const directory = (entry: ListedEntry): ListedEntry => ({ ...entry, mode: 0o040755 });
  assert.deepEqual(mark(directory(file('/a')), directory(marked())), ['xattr trusted.mark', []]);
});

test('a hidden attribute may be absent, but not have another value; other attributes may not be absent', () => {
  const capability = ['security.capability', 'x'] as const;
  const own = ['user.own', 'x'] as const;
  const hide = (expected: readonly ListedEntry[], seen: readonly ListedEntry[]) => {
    const hidden = { prefixes: ['security.'], losesTimes: false, found: new Set<string>() };
    const difference = findDifference(write('expected', expected), write('seen', seen), 'contents', hidden);
    return [difference?.attribute ?? null, [...hidden.found]];
  };
  const whole = file('/a', { xattrs: [capability, own] });
  assert.deepEqual(hide([whole], [file('/a', { xattrs: [own] })]), [null, ['security.capability']]);
  assert.deepEqual(hide([whole], [whole]), [null, []]);
  assert.deepEqual(hide([whole], [file('/a', { xattrs: [capability] })]), ['xattr user.own', []]);
  const other = file('/a', { xattrs: [['security.capability', 'y'], own] });
  assert.equal(hide([whole], [other])[0], 'xattr security.capability');
  assert.equal(hide([file('/a')], [file('/a', { xattrs: [capability] })])[0], 'xattr security.capability');
  assert.equal(
    hide([whole, file('/b')], [file('/a', { xattrs: [own] }), file('/b', { mode: 0o100600 })])[0],
    'mode',
  );
});
