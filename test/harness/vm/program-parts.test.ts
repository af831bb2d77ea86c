// The disk of the program in a guest has every part that the program needs, wherever npm put it.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PACKAGE } from '../../../harness/native/paths.ts';
import { programParts } from '../../../harness/vm/program-parts.ts';
import { needsCompiler, temporaryFolder } from '../sys/support.ts';

const pack = (folder: string, contents: object): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(contents));
};

/** The package as `npm install` leaves it: beside packages that others share, and around those that only it needs. */
const installedPackage = (context: TestContext): string => {
  const modules = join(temporaryFolder(context), 'node_modules');
  const root = join(modules, 'cfsbench');
  pack(root, { dependencies: { inside: '1', beside: '1' }, devDependencies: { tests: '1' } });
  pack(join(root, 'node_modules', 'inside'), { dependencies: { deeper: '1', beside: '1' } });
  pack(join(root, 'node_modules', 'inside', 'node_modules', 'deeper'), { dependencies: { inside: '1' } });
  pack(join(modules, 'beside'), {
    dependencies: { '@for/linux': '1', '@for/windows': '1' },
    optionalDependencies: { '@for/linux': '1', '@for/windows': '1' },
  });
  pack(join(modules, '@for', 'linux'), {});
  pack(join(modules, 'tests'), {});
  return root;
};

test('packages that are needed at run time are parts, wherever npm installed them', (context) => {
  const places = programParts(installedPackage(context), []).map(({ to }) => to);
  assert.deepEqual(places.filter((to) => to.startsWith('node_modules/')).sort(), [
    'node_modules/@for/linux',
    'node_modules/beside',
    'node_modules/inside',
    'node_modules/inside/node_modules/deeper',
  ]);
});

test('a missing package and a missing compiled part are named with what to type', (context) => {
  const root = temporaryFolder(context);
  pack(root, { dependencies: { absent: '1' } });
  assert.throws(() => programParts(root, []), /the npm package absent is not installed/);
  const from = join(root, 'cfs-fuse');
  assert.throws(() => programParts(root, [{ from, to: 'build/daemon/cfs-fuse' }]), /not compiled/);
});

test('all parts of this checkout exist, each at a place of its own', { skip: needsCompiler }, () => {
  const parts = programParts(PACKAGE);
  for (const { from } of parts) assert.ok(existsSync(from), from);
  assert.equal(new Set(parts.map(({ to }) => to)).size, parts.length);
  assert.ok(parts.some(({ to }) => to === 'node_modules/koffi'));
});
