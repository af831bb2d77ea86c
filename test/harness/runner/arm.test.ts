import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { resolveOptions } from '../../../harness/cli/resolve-options.ts';
import { parseArms } from '../../../harness/runner/arm.ts';
import { blocksForRows } from '../../../results/compare/looks.ts';
import { scenarios } from '../../../scenarios/registry.ts';
import { temporaryFolder } from '../sys/support.ts';

const parse = (spec: string) => parseArms([spec], backends)[0]!;

test('an arm names its server, and a server that cannot be run is refused before anything starts', (t) => {
  const path = join(temporaryFolder(t), 'cfs=fuse');
  assert.throws(() => parse(`composefs-fuse@server=${path}`), /the server cannot be run/);
  writeFileSync(path, '');
  assert.throws(() => parse(`composefs-fuse@server=${path}`), /the server cannot be run/);
  chmodSync(path, 0o755);
  const { id, options } = parse(`composefs-fuse@server=${path}`);
  assert.deepEqual(options, { server: path });
  assert.equal(
    id,
    'composefs-fuse@server=cfs=fuse',
    'its id, which is published, says nothing of the folder',
  );
});

test('an option that a backend does not have is refused', () => {
  for (const option of ['server=/bin/true', 'constructor=x', 'toString=x', '__proto__=x'])
    assert.throws(() => parse(`erofs-overlay@${option}`), /invalid backend option/, option);
});

test('polling is refused where the server never polls', () => {
  assert.throws(() => parse('composefs-fuse@transport=uring,spin=auto'), /spin=auto has no effect/);
  assert.deepEqual(parse('composefs-fuse@transport=uring,spin=0').options, { transport: 'uring', spin: '0' });
});

const two = (ab: string[], more = {}) => resolveOptions({ profile: 'ci', ab, ...more }, backends, scenarios);

test('the first of two arms is the baseline, and two equal arms get different names', () => {
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

test('the first look of two arms can judge the rows of both placements', () => {
  // walk-warm is measured with a free server and on one CPU: 8 rows.
  const { amount, profile } = two(['erofs-overlay', 'composefs-fuse'], {
    ...{ profile: 'quick', scenarios: 'walk-warm', placement: 'needed' },
    images: ['a', 'b', 'c', 'd'].map((name) => `dump:${name}`).join(','),
  });
  assert.equal(profile.blocks, 8);
  assert.equal(scenarios.find(({ id }) => id === 'walk-warm')!.headline.length, 1);
  assert.ok(amount.looks[0]! >= blocksForRows(8), `${amount.looks[0]} blocks, ${blocksForRows(8)} needed`);
});

test('an image may be called as a member of every object', () => {
  const ab = ['erofs-overlay', 'composefs-fuse'];
  assert.deepEqual(two(ab, { images: 'constructor' }).images.specs, ['constructor']);
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

test('a timed run of two arms knows the thresholds of the gate; a file with a mistake is refused before it', (t) => {
  const arms = ['erofs-overlay', 'composefs-fuse'];
  const [before, folder] = [process.cwd(), temporaryFolder(t)];
  t.after(() => process.chdir(before));
  process.chdir(folder);
  assert.deepEqual(two(arms).gate, {});
  const file = join(folder, 'cfsbench.gate.json');
  writeFileSync(file, '{"delta": 0.1}');
  assert.deepEqual(two(arms).gate, { delta: 0.1 });
  assert.equal(two(arms, { countOnly: true }).gate, null);
  assert.equal(resolveOptions({ profile: 'ci' }, backends, scenarios).gate, null);
  writeFileSync(file, '{"detla": 0.1}');
  assert.throws(() => two(arms), { message: 'cfsbench.gate.json: detla is not a known key' });
});
