import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Coverage, inPathOrder, type ListedEntry, newListing } from '../../../harness/digest/listing.ts';

const ALL: Coverage = { contents: true, selinux: true, trusted: true };

const file: ListedEntry = {
  path: '/a',
  mode: 0o100644,
  uid: 0,
  gid: 0,
  mtimeNs: 5n,
  rdev: { major: 0, minor: 0 },
  sizeBytes: 3n,
  digest: 'd'.repeat(64),
  target: null,
  firstName: '/a',
  xattrs: [],
};

const textOf = (listed: Partial<ListedEntry>, covers = ALL): string => {
  let text = '';
  const listing = newListing(covers, (lines) => {
    text += lines;
  });
  listing.add({ ...file, ...listed });
  listing.finish();
  return text;
};

test('a line has all columns, with a dash for absent ones', () => {
  assert.equal(textOf({}), `/a\tfile\t0644\t0\t0\t0.000000005\t-\t3\t${'d'.repeat(64)}\t-\t-\n`);
  assert.equal(
    textOf({ mode: 0o020600, rdev: { major: 300, minor: 70000 } }),
    `/a\tchar\t0600\t0\t0\t0.000000005\t300:70000\t-\t${'d'.repeat(64)}\t-\t-\n`,
  );
});

test('times before 1970 keep positive nanoseconds', () => {
  assert.match(textOf({ mtimeNs: -1n }), /\t-1\.999999999\t/);
  assert.match(textOf({ mtimeNs: -2_000_000_000n }), /\t-2\.000000000\t/);
});

test('byte strings cannot break a line or a column', () => {
  const text = textOf({ path: '/a\t\n\\\xff', firstName: '/a\t\n\\\xff', xattrs: [['user.k=\t', 'v=\n']] });
  assert.ok(text.startsWith('/a\\x09\\x0a\\\\\\xff\tfile'));
  assert.ok(text.endsWith('\tuser.k\\x3d\\x09=v=\\x0a\n'));
});

test('attributes are sorted by key', () => {
  const two = [
    ['user.b', '1'],
    ['user.a', '2'],
  ] as const;
  assert.equal(textOf({ xattrs: two }), textOf({ xattrs: [two[1], two[0]] }));
});

test('labels and trusted attributes are omitted if not covered', () => {
  const xattrs = [
    ['security.selinux', 'label'],
    ['trusted.a', '1'],
    ['user.a', '2'],
  ] as const;
  const text = textOf({ xattrs }, { ...ALL, selinux: false, trusted: false });
  assert.ok(text.endsWith('\t-\t-\tuser.a=2\n'));
});

test('user attributes are omitted on types where the kernel refuses to read them', () => {
  assert.ok(textOf({ mode: 0o120777, target: 'x', xattrs: [['user.a', '2']] }).endsWith('\tx\t-\n'));
});

test('for a bare manifest, private attributes of overlayfs are hidden and escaped ones unescaped', () => {
  const xattrs = [
    ['trusted.overlay.metacopy', 'x'],
    ['trusted.overlay.overlay.opaque', 'y'],
    ['trusted.overlay.redirect', '/aa'],
    ['user.a', '2'],
  ] as const;
  assert.ok(
    textOf({ xattrs }, { ...ALL, bare: true }).endsWith('\t-\t-\ttrusted.overlay.opaque=y\tuser.a=2\n'),
  );
  assert.ok(textOf({ xattrs }, ALL).includes('trusted.overlay.redirect'));
});

test('only the full digest covers contents and the whiteouts of the root', () => {
  const digests = (rows: readonly Partial<ListedEntry>[]) => {
    const listing = newListing(ALL, () => {});
    for (const row of rows) listing.add({ ...file, ...row });
    return listing.finish();
  };
  const plain = digests([{}]);
  const other = digests([{ digest: 'e'.repeat(64) }]);
  assert.notEqual(plain.digest, other.digest);
  assert.equal(plain.metadataDigest, other.metadataDigest);
  const whiteout = { path: '/0f', firstName: '/0f', mode: 0o020644, digest: null };
  assert.equal(digests([whiteout, {}]).metadataDigest, plain.metadataDigest);
  assert.notEqual(digests([whiteout, {}]).digest, plain.digest);
  assert.notEqual(
    digests([{ ...whiteout, path: '/0g', firstName: '/0g' }, {}]).metadataDigest,
    plain.metadataDigest,
  );
});

test('only the merged digest ignores which names share an inode', () => {
  const digests = (second: Partial<ListedEntry>) => {
    const listing = newListing(ALL, () => {});
    listing.add(file);
    listing.add({ ...file, path: '/z', firstName: '/z', ...second });
    return listing.finish();
  };
  const apart = digests({});
  const merged = digests({ firstName: file.path });
  assert.equal(apart.mergedDigest, merged.mergedDigest);
  assert.notEqual(apart.digest, merged.digest);
  assert.notEqual(apart.metadataDigest, merged.metadataDigest);
  for (const other of [
    { mode: 0o100600 },
    { digest: 'e'.repeat(64) },
    { xattrs: [['user.a', '1']] as const },
  ])
    assert.notEqual(digests(other).mergedDigest, apart.mergedDigest);
});

test('names are ordered as whole paths', () => {
  const names = ['a.b', 'a', 'b', 'a0', 'a\x01'];
  const order = inPathOrder(names.map((name) => ({ name, isDirectory: name === 'a' })));
  const paths = order.map(({ child, descend }) => (descend ? `${child.name}/x` : child.name));
  assert.deepEqual(paths, [...paths].sort());
  assert.deepEqual(paths, ['a', 'a\x01', 'a.b', 'a/x', 'a0', 'b']);
});

test('each hard link counts as a name, but its bytes count once', () => {
  const listing = newListing(ALL, () => {});
  listing.add(file);
  listing.add({ ...file, path: '/b' });
  const { fileCount, fileBytes, entryCount } = listing.finish();
  assert.deepEqual({ fileCount, fileBytes, entryCount }, { fileCount: 2, fileBytes: 3, entryCount: 2 });
});
