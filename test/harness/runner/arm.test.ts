import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { resolveOptions } from '../../../harness/cli/resolve-options.ts';
import { parseArm } from '../../../harness/runner/arm.ts';
import { scenarios } from '../../../scenarios/registry.ts';
import { temporaryFolder } from '../sys/support.ts';

test('an arm names its server, and one that cannot be run is refused before anything starts', (t) => {
  const path = join(temporaryFolder(t), 'cfs=fuse');
  assert.throws(() => parseArm(`composefs-fuse@server=${path}`, backends), /the server cannot be run/);
  writeFileSync(path, '');
  assert.throws(() => parseArm(`composefs-fuse@server=${path}`, backends), /the server cannot be run/);
  chmodSync(path, 0o755);
  assert.deepEqual(parseArm(`composefs-fuse@server=${path}`, backends).options, { server: path });
});

test('an option that a backend does not have is refused', () => {
  assert.throws(() => parseArm('erofs-overlay@server=/bin/true', backends), /invalid backend option/);
});

const two = (ab: string[], more = {}) => resolveOptions({ profile: 'ci', ab, ...more }, backends, scenarios);

test('two arms: the first is the baseline, and the same twice gets two names', () => {
  const { selection, amount } = two(['unpacked-overlay', 'erofs-overlay']);
  const { ab, baseline, arms } = selection;
  assert.deepEqual(ab, ['unpacked-overlay', 'erofs-overlay']);
  assert.equal(baseline, 'unpacked-overlay');
  assert.deepEqual(
    arms.map(({ id }) => id),
    ab,
  );
  assert.ok(amount.looks[0]! >= 12);
  assert.deepEqual(two(['erofs-overlay', 'erofs-overlay']).selection.ab, [
    'erofs-overlay',
    'erofs-overlay#2',
  ]);
});

test('one arm, three arms, or --backends beside --ab are refused with what to type', () => {
  for (const [ab, more] of [
    [['erofs-overlay'], {}],
    [['erofs-overlay', 'composefs-fuse', 'unpacked-overlay'], {}],
    [['erofs-overlay', 'composefs-fuse'], { backends: 'all' }],
  ] as const)
    assert.throws(
      () => two([...ab], more),
      (error: { hint?: string }) => /^cfsbench run --ab/.test(error.hint ?? ''),
    );
});
