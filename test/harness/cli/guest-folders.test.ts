// Each guest has a folder of its own for its results, which exists before a guest is booted.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeWritable, outsOf, unused } from '../../../harness/cli/guest-folders.ts';
import { temporaryFolder } from '../sys/support.ts';

const kernels = (...names: readonly string[]) => names.map((from) => ({ from, modules: null }));

test('several kernels have folders of their own, also if their names are equal', () => {
  assert.deepEqual(outsOf(kernels('a/bzImage', 'a-bzImage', 'deb:6.12', 'a/bzImage'), '/out'), [
    '/out/a-bzImage',
    '/out/a-bzImage-2',
    '/out/deb-6.12',
    '/out/a-bzImage-3',
  ]);
  assert.deepEqual(outsOf(kernels('a/bzImage'), '/out'), ['/out']);
  assert.deepEqual(outsOf(kernels('a', 'b'), undefined), [null, null]);
});

test('a path that exists gets a number', (context) => {
  const at = join(temporaryFolder(context), 'run');
  assert.equal(unused(at), at);
  mkdirSync(at);
  mkdirSync(`${at}-2`);
  assert.equal(unused(at), `${at}-3`);
});

test('folders that stay empty are removed, those with results are kept', (context) => {
  const at = temporaryFolder(context);
  const [full, empty] = [join(at, 'all', 'full'), join(at, 'all', 'empty')];
  const folders = makeWritable([full, empty]);
  writeFileSync(join(full, 'run.json'), '{}');
  folders.removeEmpty();
  assert.ok(existsSync(full));
  assert.ok(!existsSync(empty));
});

test('a folder that cannot be made is an error, and removes those that were made before it', (context) => {
  const at = temporaryFolder(context);
  writeFileSync(join(at, 'file'), '');
  assert.throws(() => makeWritable([join(at, 'new'), join(at, 'file', 'below')]), /is not a folder/);
  assert.ok(!existsSync(join(at, 'new')));
});
