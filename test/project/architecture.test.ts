import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { CODE_FOLDERS, type Import, importsOf, layerOf, read, root, sourcesIn } from './sources.ts';

const FLOOR = 'results/schema';
const imports: readonly Import[] = CODE_FOLDERS.flatMap((folder) => sourcesIn(folder)).flatMap(importsOf);

interface FolderRow {
  readonly folder: string;
  readonly imports: string;
}

const map: readonly FolderRow[] = [
  ...read('docs/architecture.md').matchAll(/^\| `([^`]+)` \|.*\|([^|]*)\|$/gm),
].map(([, folder, allowed]) => ({ folder: folder!, imports: allowed!.trim() }));

/** The map names folders with or without `harness/`. Every layer may import the schemas. */
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

test('the schemas import only each other and the error of results', () => {
  const wrong = imports.filter(
    ({ from, to }) => layerOf(from) === FLOOR && layerOf(to) !== FLOOR && to !== 'results/errors.ts',
  );
  assert.deepEqual(
    wrong.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

test('every relative import names an existing file', () => {
  const missing = imports.filter(({ to }) => /\.ts$/.test(to) && !existsSync(join(root, to)));
  assert.deepEqual(
    missing.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

test('docs/architecture.md lists exactly the existing folders', () => {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(\..*|node_modules|build|runs|harness)$/.test(entry.name))
    .map((entry) => entry.name);
  const inHarness = readdirSync(join(root, 'harness')).map((name) => `harness/${name}`);
  assert.deepEqual(map.map(({ folder }) => folder).sort(), [...folders, ...inHarness].sort());
});

test('imports have no cycle', () => {
  const next = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports)
    if (!typeOnly && to.endsWith('.ts')) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    assert.equal(at, -1, `cycle: ${[...trail.slice(at), file].join(' > ')}`);
    if (done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
});

test('pure folders import neither files nor processes', () => {
  const pure = ['harness/model/', 'harness/erofs/', 'results/schema/', 'results/stats/', 'results/compare/'];
  const allowed = new Set(['node:crypto', 'node:buffer', 'node:zlib']);
  const wrong = imports.filter(
    ({ from, to }) =>
      pure.some((folder) => from.startsWith(folder)) &&
      (to.startsWith('node:') || builtinModules.includes(to) || to === 'koffi') &&
      !allowed.has(to),
  );
  assert.deepEqual(
    wrong.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

/** Formats for people and for programs are offered as one list. */
const REGISTRY_OF_FORMATS = 'report/formats/registry.ts';

test('only the command line imports registries of other layers', () => {
  const wrong = imports.filter(
    ({ from, to }) =>
      /\/registry\.ts$/.test(to) &&
      layerOf(from) !== 'harness/cli' &&
      layerOf(from) !== layerOf(to) &&
      from !== REGISTRY_OF_FORMATS,
  );
  assert.deepEqual(
    wrong.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

/** Calls that follow links, wait for a fifo, replace a device or never end, where others chose the path. */
const RISKY =
  /\b(?:mkdirSync|writeFileSync|appendFileSync|copyFileSync|renameSync|createWriteStream|openSync|readFileSync|createReadStream)\b/g;

/** Where these calls are made with care, or on files of the project itself. */
const CAREFUL: Readonly<Record<string, readonly string[]>> = {
  'results/files.ts': ['mkdirSync', 'openSync'],
  'results/write-file.ts': ['openSync', 'renameSync'],
  'results/write-to.ts': ['openSync'],
  'report/render.ts': ['readFileSync'],
  'harness/cli/version.ts': ['readFileSync'],
  'harness/cli/package-main.ts': ['mkdirSync'],
  'harness/cli/find-run.ts': ['renameSync'],
  'harness/cli/print-error.ts': ['openSync'],
  'harness/images/dir.ts': ['openSync'],
  'harness/images/dump.ts': ['createReadStream'],
  'harness/images/fixture.ts': ['readFileSync'],
  'harness/images/make-fixtures-main.ts': ['readFileSync', 'writeFileSync'],
  'harness/images/spool.ts': ['openSync'],
};

test('risky file calls are used in the listed files only', () => {
  const folders = ['harness/cli', 'harness/images', 'results', 'report'];
  const used = folders.flatMap(sourcesIn).flatMap((path) => {
    const names = new Set(read(path).match(RISKY));
    return names.size === 0 ? [] : [[path, [...names].sort()] as const];
  });
  assert.deepEqual(Object.fromEntries(used.sort()), Object.fromEntries(Object.entries(CAREFUL).sort()));
});

/** A command in a hint or message, with a value that is not quoted for the shell. */
const UNQUOTED = new RegExp(
  `\\b(?:${[
    'cfsbench (?:run --resume|report|pool|compare|clean|history add|image sign)',
    'mkdir -p',
    'rm(?: -rf)?',
    'cp -R',
    'chown -R',
    'chmod -R',
  ].join('|')})(?: [\\w.-]+)* \\$\\{(?!shellLine)`,
);

test('paths in commands that people paste are quoted', () => {
  const found = CODE_FOLDERS.flatMap((folder) => sourcesIn(folder)).flatMap((path) =>
    read(path)
      .split('\n')
      .filter((line) => UNQUOTED.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  assert.deepEqual(found, []);
  assert.match(`mkdir -p $${'{store}'}`, UNQUOTED);
});
