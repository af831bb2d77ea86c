// Documents name files and commands that exist.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { read, root } from './sources.ts';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
];
const FOLDERS = 'harness|scenarios|results|report|daemon|timed|fixtures|scripts|docs|test|\\.ci';
/** Compiled files are not looked for. */
const PATH = new RegExp(`(?<![\\w/])(?:${FOLDERS})/[\\w./-]*\\w`, 'g');

const { scripts } = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

for (const document of DOCUMENTS) {
  const text = read(document);

  test(`${document}: every path in code exists`, () => {
    const code = [...text.matchAll(/`([^`\n]+)`/g)].map(([, one = '']) => one);
    const paths = code.flatMap((one) => [...` ${one}`.matchAll(PATH)].map(([path]) => path));
    assert.deepEqual(
      paths.filter((path) => !existsSync(join(root, path))),
      [],
    );
  });

  test(`${document}: every link to a file leads to one`, () => {
    const targets = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = '']) => target);
    assert.deepEqual(
      targets.filter((target) => !existsSync(join(root, dirname(document), target))),
      [],
    );
  });

  test(`${document}: every npm script exists`, () => {
    const names = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name);
    assert.deepEqual(
      names.filter((name) => !Object.hasOwn(scripts, name)),
      [],
    );
  });
}
