import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tooLongPath } from '../../../harness/runner/longest-path.ts';
import { directory, type Entries, treeOf } from '../images/trees.ts';

const deep = (names: number): Entries => {
  const entries: Record<string, ReturnType<typeof directory>> = {};
  for (let count = 1; count <= names; count++)
    entries[Array(count).fill('n'.repeat(199)).join('/')] = directory();
  return entries;
};

test('a path is too long in the tree of an image or in a layer of it', () => {
  const [short, long] = [treeOf(deep(1)), treeOf(deep(20))];
  assert.equal(tooLongPath({ tree: short, layers: [short] }, '/work'), null);
  assert.match(tooLongPath({ tree: long, layers: [long] }, '/work') ?? 'null', /^a path of 4000 bytes/);
  assert.match(
    tooLongPath({ tree: short, layers: [long, short] }, '/work') ?? 'null',
    /^a path of 4000 bytes/,
  );
});
