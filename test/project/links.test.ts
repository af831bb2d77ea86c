// Tests run as root: what they write through a link reaches the link's target.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, sourcesIn } from './sources.ts';

const LINK = /symlinkSync\(\s*['"`]\/(?!dev\/)[^)]*\)/g;

test('tests create links only to their own files and to devices', () => {
  assert.deepEqual(
    sourcesIn('test').flatMap((path) => [...read(path).matchAll(LINK)].map(([call]) => `${path}: ${call}`)),
    [],
  );
});
