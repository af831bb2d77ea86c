import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldersOf } from '../../../harness/cli/work-folder.ts';

const workOf = (runDir: string, workParent: string | null = null): string =>
  foldersOf('2026-01-02-host-7', runDir, workParent).workDir;

test('two runs with the same seed on the same day have different work folders', () => {
  assert.notEqual(workOf('/results/a'), workOf('/results/b'));
  assert.notEqual(workOf('/results/a', '/work'), workOf('/elsewhere/a', '/work'));
});

test('a resumed run finds its earlier work folder', () => {
  assert.equal(workOf('/results/a'), workOf('/results/a/'));
  assert.equal(workOf('/results/a', '/work'), workOf('/results/../results/a', '/work'));
});
