import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { understand } from '../../../harness/cli/options.ts';
import { foldersOf } from '../../../harness/cli/work-folder.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const workOf = (runDir: string, work?: string): string => {
  const typed = { profile: 'quick', ...(work === undefined ? {} : { work }) };
  return foldersOf('2026-01-02-host-7', runDir, understand(typed, backends, scenarios)).workDir;
};

test('two runs of one seed and day work in folders of their own, whatever they share', () => {
  assert.notEqual(workOf('/results/a'), workOf('/results/b'));
  assert.notEqual(workOf('/results/a', '/work'), workOf('/elsewhere/a', '/work'));
});

test('a run that goes on finds the work folder that it left', () => {
  assert.equal(workOf('/results/a'), workOf('/results/a/'));
  assert.equal(workOf('/results/a', '/work'), workOf('/results/../results/a', '/work'));
});
