import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { formatSeconds, parseDurationNs } from '../../../harness/cli/duration.ts';
import { type RunOptions, type TypedOptions, understand } from '../../../harness/cli/options.ts';
import { UserError } from '../../../harness/model/errors.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const understood = (typed: Partial<TypedOptions>): RunOptions =>
  understand({ profile: 'default', ...typed }, backends, scenarios);

const refused = (typed: Partial<TypedOptions>): UserError => {
  try {
    understood(typed);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(typed)}`);
};

test('without options the default profile says everything', () => {
  const { profile, arms, blocks, budgetNs, images, outDir, workDir } = understood({});
  assert.equal(profile.id, 'default');
  assert.deepEqual(
    arms.map((arm) => arm.id),
    // The headline, and the variants that a question of the profile needs.
    backends
      .filter(
        ({ id, answers }) =>
          answers === undefined ||
          scenarios.some(
            (asked) =>
              profile.scenarios.includes(asked.id) &&
              [...(asked.variants ?? []), ...(asked.only ?? [])].includes(id),
          ),
      )
      .map(({ id }) => id),
  );
  assert.equal(blocks, profile.blocks);
  assert.equal(budgetNs, profile.budgetNs);
  assert.deepEqual(images, profile.images);
  assert.deepEqual([outDir, workDir], [null, null]);
});

test('an unknown profile, backend or scenario is refused with those that there are', () => {
  const cases: [Partial<TypedOptions>, RegExp, RegExp][] = [
    [{ profile: 'slow' }, /unknown profile: slow/, /quick, default, ci, full/],
    [
      { backends: 'erofs-overlay,ext4' },
      /unknown backend: ext4/,
      /composefs-fuse, erofs-overlay, unpacked-overlay/,
    ],
    [{ scenarios: 'churn,swim' }, /unknown scenario: swim/, /churn.*walk-warm/],
    [{ backends: 'erofs-overlay@speed=9' }, /backend option not understood/, /speed=9/],
  ];
  for (const [typed, message, fact] of cases) {
    const error = refused(typed);
    assert.match(error.message, message);
    assert.match(error.facts.join('\n'), fact);
    assert.match(error.hint ?? '', /^cfsbench /);
    assert.equal(error.exit, 1);
  }
});

test('a list that names nothing is refused, not taken for everything', () => {
  for (const typed of [{ backends: '' }, { scenarios: ' , ' }, { images: '' }])
    assert.match(refused(typed).message, /names nothing/);
});

test('commas inside of an image stay with it, those between two images separate them', () => {
  const { images } = understood({
    images: 'synthetic:files=10,layers=2,seed=a, dir:/srv/a,b,fixture:one,oci:./layout:tag',
  });
  assert.deepEqual(images, [
    'synthetic:files=10,layers=2,seed=a',
    'dir:/srv/a,b',
    'fixture:one',
    'oci:./layout:tag',
  ]);
});

test('what is named twice is measured once', () => {
  assert.deepEqual(understood({ images: 'fixture:a,fixture:a' }).images, ['fixture:a']);
  assert.equal(understood({ backends: 'erofs-overlay,erofs-overlay' }).arms.length, 1);
});

test('fewer than 8 blocks are refused with a command that works', () => {
  const error = refused({ blocks: 3 });
  assert.match(error.message, /3 blocks are too few/);
  assert.match(error.hint ?? '', /--blocks 8/);
  assert.equal(understood({ blocks: 8 }).blocks, 8);
});

test('folders are made absolute where they were typed', () => {
  const { outDir, workDir } = understood({ out: 'results', work: '../work' });
  assert.deepEqual([outDir, workDir], [resolve('results'), resolve('../work')]);
});

test('a seed is kept, and without one every run has its own', () => {
  assert.equal(understood({ seed: 'x' }).seed, 'x');
  assert.match(understood({}).seed, /^\d+$/);
});

test('durations are read in seconds, minutes and hours', () => {
  const cases: [string, number][] = [
    ['90', 90e9],
    ['90s', 90e9],
    ['5m', 300e9],
    ['1.5h', 5400e9],
  ];
  for (const [text, ns] of cases) assert.equal(parseDurationNs(text), ns, text);
  for (const text of ['', '0', '-1s', '5 m', '5d', 'soon', '1e3'])
    assert.throws(() => parseDurationNs(text), text);
});

test('durations are written in seconds, and in minutes where they are long', () => {
  assert.equal(formatSeconds(12.4e9), '12 s');
  assert.equal(formatSeconds(-1), '0 s');
  assert.equal(formatSeconds(125e9), '2 min 5 s');
});

test('the default counts growth and does not time it; typed scenarios are timed, and typed images are asked everything', () => {
  const passesOf = (typed: Partial<TypedOptions>) =>
    understood(typed).scenarios.find(({ id }) => id === 'churn-scale')!.passesWith!({ local: 'files' });
  assert.deepEqual(passesOf({}), ['count']);
  assert.deepEqual(passesOf({ scenarios: 'churn-scale' }), ['count', 'time']);
  const large = (typed: Partial<TypedOptions>) => Object.keys(understood(typed).imageScenarios);
  assert.deepEqual(large({ profile: 'full' }), ['fixture:debian-12-developer']);
  assert.deepEqual(large({ profile: 'full', images: 'fixture:debian-12-developer' }), []);
});
