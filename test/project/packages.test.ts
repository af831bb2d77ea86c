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
