import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { CODE_FOLDERS, type Import, importsOf, layerOf, read, root, sourcesIn } from './sources.ts';

const FLOOR = 'results/schema';
const imports: readonly Import[] = CODE_FOLDERS.flatMap((folder) => sourcesIn(folder)).flatMap(importsOf);

interface Row {
  readonly folder: string;
  readonly imports: string;
}

const map: readonly Row[] = [
  ...read('docs/architecture.md').matchAll(/^\| `([^`]+)` \|.*\|([^|]*)\|$/gm),
].map(([, folder, allowed]) => ({ folder: folder!, imports: allowed!.trim() }));

/** Words of the map are folders, with or without `harness/`; every layer may use the floor. */
const allowedFrom = (layer: string): ReadonlySet<string> | 'everything' => {
  const row = map.find(({ folder }) => folder === layer);
  if (row === undefined || row.imports === 'everything') return row === undefined ? new Set() : 'everything';
  const words = row.imports.match(/[a-z/]+/g) ?? [];
  return new Set([FLOOR, ...words.flatMap((word) => [word, `harness/${word}`])]);
};

test('imports follow the arrows of docs/architecture.md', () => {
  const wrong = imports.filter(({ from, to }) => {
    if (!existsSync(join(root, to)) || layerOf(from) === layerOf(to) || layerOf(from) === FLOOR) return false;
    const allowed = allowedFrom(layerOf(from));
    return allowed !== 'everything' && !allowed.has(layerOf(to));
  });
  assert.deepEqual(
    wrong.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

test('the schema of a run imports nothing', () => {
  assert.deepEqual(
    imports.filter(({ from }) => layerOf(from) === FLOOR),
    [],
  );
});

test('every relative import names a file that is there', () => {
  const missing = imports.filter(({ to }) => /\.ts$/.test(to) && !existsSync(join(root, to)));
  assert.deepEqual(
    missing.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

test('docs/architecture.md lists exactly the folders that there are', () => {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(\..*|node_modules|build|runs|harness)$/.test(entry.name))
    .map((entry) => entry.name);
  const inHarness = readdirSync(join(root, 'harness')).map((name) => `harness/${name}`);
  assert.deepEqual(map.map(({ folder }) => folder).sort(), [...folders, ...inHarness].sort());
});

test('no files import each other in a circle', () => {
  const next = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports)
    if (!typeOnly && to.endsWith('.ts')) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    assert.equal(at, -1, `circle: ${[...trail.slice(at), file].join(' > ')}`);
    if (done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
});

test('what is called pure touches neither files nor processes', () => {
  const pure = ['harness/model/', 'harness/erofs/', 'results/schema/', 'results/stats/', 'results/compare/'];
  const harmless = new Set(['node:crypto', 'node:buffer']);
  const wrong = imports.filter(
    ({ from, to }) =>
      pure.some((folder) => from.startsWith(folder)) &&
      (to.startsWith('node:') || builtinModules.includes(to) || to === 'koffi') &&
      !harmless.has(to),
  );
  assert.deepEqual(
    wrong.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

test('only the command line imports registries of other layers', () => {
  const wrong = imports.filter(
    ({ from, to }) =>
      /\/registry\.ts$/.test(to) && layerOf(from) !== 'harness/cli' && layerOf(from) !== layerOf(to),
  );
  assert.deepEqual(
    wrong.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});
