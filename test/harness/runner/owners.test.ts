import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDump } from '../../../harness/images/dump-text.ts';
import { foreignOwner } from '../../../harness/runner/owners.ts';
import { parseIdMap, readIdMap } from '../../../harness/sys/id-map.ts';

const treeWith = (...lines: string[]) =>
  parseDump(Buffer.from(`${['/ 4096 40755 2 0 0 0 0.0 - - -', ...lines].join('\n')}\n`));
const ROOT_ONLY = treeWith('/a 0 100644 1 0 0 0 0.0 - - -');
const mapped = (uids: string, gids = uids) => ({ hasUid: parseIdMap(uids), hasGid: parseIdMap(gids) });

test('ids are mapped in ranges, ends not included', () => {
  const has = parseIdMap('         0       1000          1\n         1     100000      65536\n');
  assert.deepEqual([0, 1, 65536, 65537].map(has), [true, true, true, false]);
  assert.equal(parseIdMap('')(0), false);
});

test('an image whose owners are all mapped has no foreign owner', () => {
  assert.equal(foreignOwner({ tree: ROOT_ONLY, layers: [ROOT_ONLY] }, mapped('0 1000 1')), null);
});

test('the first entry with an unmapped user or group is named', () => {
  const tree = treeWith('/a 0 100644 1 0 0 0 0.0 - - -', '/b 0 100644 1 0 42 0 0.0 - - -');
  const reason = foreignOwner({ tree, layers: [tree] }, mapped('0 1000 1'));
  assert.equal(reason, '/b: group 42 is not mapped in this user namespace');
  assert.equal(foreignOwner({ tree, layers: [] }, mapped('0 1000 1', '0 0 100')), null);
  const user = treeWith('/c 0 100644 1 7 0 0 0.0 - - -');
  assert.match(foreignOwner({ tree: user, layers: [] }, mapped('0 1000 1')) ?? '', /^\/c: user 7 /);
});

test('an owner that only a hidden file of a lower layer has counts too', () => {
  const lower = treeWith('/hidden 0 100644 1 5 0 0 0.0 - - -');
  assert.match(
    foreignOwner({ tree: ROOT_ONLY, layers: [lower, ROOT_ONLY] }, mapped('0 1000 1')) ?? '',
    /\/hidden/,
  );
});

test('the user and the group of this process are mapped', () => {
  const { hasUid, hasGid } = readIdMap();
  assert.ok(hasUid(process.getuid!()) && hasGid(process.getgid!()));
});
