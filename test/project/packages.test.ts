// The npm packages: exact versions, no install scripts, only what the program imports, and their licences in a document.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { CODE_FOLDERS, importsOf, read, root, sourcesIn } from './sources.ts';

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
}

const { packages } = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const manifest = JSON.parse(read('package.json')) as {
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

test('package.json names exact versions, those of the lock file', () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.equal(version, packages[`node_modules/${name}`]?.version, name);
  }
});

test('the production dependencies are the packages that the program imports', () => {
  /** `report/render.ts` puts its file into the page. */
  const embedded = ['chart.js'];
  const imported = CODE_FOLDERS.flatMap((folder) => sourcesIn(folder))
    .flatMap(importsOf)
    .filter(({ to, typeOnly }) => !typeOnly && !/^node:|\.[jt]s$/.test(to))
    .map(({ to }) => /^(?:@[^/]+\/)?[^/]+/.exec(to)![0]);
  assert.deepEqual(
    [...new Set([...imported, ...embedded])].sort(),
    Object.keys(manifest.dependencies).sort(),
  );
});

test('no install script runs, none is needed, and every package has a checksum', () => {
  assert.match(read('.npmrc'), /^ignore-scripts=true$/m);
  assert.match(read('scripts/setup'), /npm ci --ignore-scripts/);
  const locked = Object.entries(packages).filter(([path]) => path !== '');
  // Koffi's script compiles it where no package of its own has a compiled file.
  assert.deepEqual(
    locked.filter(([, one]) => one.hasInstallScript === true).map(([path]) => path),
    ['node_modules/koffi'],
  );
  assert.deepEqual(
    locked.filter(([, one]) => one.integrity === undefined).map(([path]) => path),
    [],
  );
});

test('docs/licences.md lists the packages of the lock file', () => {
  const made = execFileSync(process.execPath, [join(root, 'scripts/make-licences.mjs')], {
    encoding: 'utf8',
  });
  assert.equal(read('docs/licences.md'), made, 'try: node scripts/make-licences.mjs >docs/licences.md');
});

test('the lock file has the packages of every platform that a locked package names', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => packages[`node_modules/${name}`] === undefined)
      .map((name) => `${path} needs ${name}`),
  );
  assert.deepEqual(missing, []);
});

for (const name of [
  '@koromix/koffi-linux-x64',
  '@koromix/koffi-linux-arm64',
  '@typescript/typescript-linux-x64',
  '@typescript/typescript-linux-arm64',
  '@biomejs/cli-linux-x64',
  '@biomejs/cli-linux-x64-musl',
  '@biomejs/cli-linux-arm64',
  '@biomejs/cli-linux-arm64-musl',
])
  test(`the lock file has ${name}`, () => {
    assert.ok(
      packages[`node_modules/${name}`]?.version,
      `${name} is missing; try: rm -rf node_modules package-lock.json && npm install`,
    );
  });

test('the set-up and package.json require the same version of Node.js', () => {
  const setup = read('scripts/setup');
  const major = /^node_major=(\d+)$/m.exec(setup)?.[1];
  const minor = /^node_minor=(\d+)$/m.exec(setup)?.[1];
  assert.equal(manifest.engines.node, `>=${major}.${minor}`);
});
