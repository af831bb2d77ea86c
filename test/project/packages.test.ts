import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from './sources.ts';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
}

const { packages } = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const manifest = JSON.parse(read('package.json')) as {
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
};

test('the lock file holds every platform package that a locked package names, so that it installs anywhere', () => {
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
  test(`the lock file holds ${name}`, () => {
    assert.ok(
      packages[`node_modules/${name}`]?.version,
      `${name} is missing: write the lock file without node_modules`,
    );
  });

test('the set-up asks for the Node that package.json asks for', () => {
  const setup = read('scripts/setup');
  const major = /^node_major=(\d+)$/m.exec(setup)?.[1];
  const minor = /^node_minor=(\d+)$/m.exec(setup)?.[1];
  assert.equal(manifest.engines.node, `>=${major}.${minor}`);
});
