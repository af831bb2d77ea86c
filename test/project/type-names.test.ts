// A name of a type means one thing in the whole source.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CODE_FOLDERS, read, sourcesIn } from './sources.ts';

const DECLARATION = /^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|class|enum) (\w+)/gm;

test('the name of an interface, type or class is declared in one file only', () => {
  const files = new Map<string, Set<string>>();
  for (const path of CODE_FOLDERS.flatMap(sourcesIn))
    for (const [, name = ''] of read(path).matchAll(DECLARATION))
      files.set(name, (files.get(name) ?? new Set()).add(path));
  const repeated = [...files].filter(([, paths]) => paths.size > 1);
  assert.deepEqual(
    repeated.map(([name, paths]) => `${name}: ${[...paths].join(', ')}`),
    [],
  );
});
