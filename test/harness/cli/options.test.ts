import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { backends } from '../../../harness/backends/registry.ts';
import { formatSeconds, parseDurationNs } from '../../../harness/cli/duration.ts';
import { duration, wholeNumber } from '../../../harness/cli/option-values.ts';
import { RANGES, type ResolvedOptions, type TypedOptions } from '../../../harness/cli/options.ts';
import { parsePoolPlan } from '../../../harness/cli/pool-plan.ts';
import { resolveOptions } from '../../../harness/cli/resolve-options.ts';
import { UserError } from '../../../harness/model/errors.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const resolved = (typed: Partial<TypedOptions>): ResolvedOptions =>
  resolveOptions({ profile: 'default', ...typed }, backends, scenarios);

const refused = (typed: Partial<TypedOptions>): UserError => {
  try {
    resolved(typed);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(typed)}`);
};

test('without options a run is that of the default profile', () => {
  const { profile, selection, amount, images, folders } = resolved({});
  assert.equal(profile.id, 'default');
  assert.deepEqual(
    selection.arms.map((arm) => arm.id),
    // The headline backends, and the variants that a scenario of the profile needs.
    backends
      .filter(
        ({ id, answers }) =>
          answers === undefined ||
          scenarios.some(
            (scenario) =>
              profile.scenarios.includes(scenario.id) &&
              [...(scenario.variants ?? []), ...(scenario.only ?? [])].includes(id),
          ),
      )
      .map(({ id }) => id),
  );
  assert.equal(amount.looks[0], profile.blocks);
  assert.equal(amount.budgetNs, profile.budgetNs);
  assert.deepEqual(images.specs, profile.images);
  assert.deepEqual(folders, { outDir: null, workDir: null, allowTmpfs: false, keepWork: false });
});

test('an unknown profile, backend or scenario is refused with a list of the known ones', () => {
  const cases: [Partial<TypedOptions>, RegExp, RegExp][] = [
    [{ profile: 'slow' }, /unknown profile 'slow'/, /quick, default, ci, full/],
    [
      { backends: 'erofs-overlay,ext4' },
      /unknown backend 'ext4'/,
      /composefs-fuse, erofs-overlay, unpacked-overlay/,
    ],
    [{ scenarios: 'churn,swim' }, /unknown scenario 'swim'/, /churn.*walk-warm/],
    [{ backends: 'erofs-overlay@speed=9' }, /invalid backend option/, /speed=9/],
  ];
  for (const [typed, message, fact] of cases) {
    const error = refused(typed);
    assert.match(error.message, message);
    assert.match(error.facts.join('\n'), fact);
    assert.match(error.hint ?? '', /^cfsbench /);
    assert.equal(error.exit, 1);
  }
});

test('an unknown name gets the nearest known one', () => {
  assert.match(refused({ scenarios: 'walk-wram' }).message, /\(did you mean 'walk-warm'\?\)$/);
  assert.match(refused({ profile: 'defaults' }).message, /\(did you mean 'default'\?\)$/);
  assert.equal(refused({ scenarios: 'xxxxxxxx' }).message, "unknown scenario 'xxxxxxxx'");
});

test('an empty list is refused, and does not stand for everything', () => {
  for (const typed of [{ backends: '' }, { scenarios: ' , ' }, { images: '' }])
    assert.match(refused(typed).message, /^--\w+ has no names in its list$/);
});

test('commas inside an image source stay; commas in front of a kind separate sources', () => {
  const { specs } = resolved({
    images: 'synthetic:files=10,layers=2,seed=a, dir:/srv/a,b,fixture:one,oci:./layout:tag',
  }).images;
  assert.deepEqual(specs, [
    'synthetic:files=10,layers=2,seed=a',
    'dir:/srv/a,b',
    'fixture:one',
    'oci:./layout:tag',
  ]);
});

test('an image or a backend that is named twice is measured once', () => {
  assert.deepEqual(resolved({ images: 'fixture:a,fixture:a' }).images.specs, ['fixture:a']);
  assert.equal(resolved({ backends: 'erofs-overlay,erofs-overlay' }).selection.arms.length, 1);
});

test('numbers outside of their range are refused, also those of an edited run.json', () => {
  const values: readonly unknown[] = [0, -1, 1.5, 1e9, Number.MAX_SAFE_INTEGER, Infinity, NaN, '9', null];
  for (const [name, { option, least, most }] of Object.entries(RANGES)) {
    for (const value of [...values, least - 1, most + 1])
      assert.equal(
        refused({ [name]: value }).message,
        `${option} must be a whole number from ${least} to ${most}`,
      );
    resolved({ [name]: least });
    resolved({ [name]: most });
  }
  for (const budget of [0, -1, Infinity, NaN, 31 * 86_400e9, '9'] as number[])
    assert.equal(refused({ budget }).message, '--budget must be a time above zero, at most 30 days');
});

test('numbers are typed in digits, times in digits with a unit', () => {
  const blocks = wholeNumber(RANGES.blocks);
  assert.equal(blocks('12'), 12);
  for (const text of ['', ' 9', '+9', '-9', '9.0', '1e3', '0x10', 'NaN', 'Infinity', '9'.repeat(400)])
    assert.throws(() => blocks(text), { message: '--blocks must be a whole number from 8 to 10000' }, text);
  const budget = duration('--budget');
  assert.equal(budget('720h'), 30 * 86_400e9);
  for (const text of ['0', '-1s', '1e3', '0x10', 'NaN', 'Infinity', '721h', `${'9'.repeat(400)}h`])
    assert.throws(() => budget(text), { message: /^--budget must be a time above zero, at most 30/ }, text);
});

test('typed folders become absolute', () => {
  const { outDir, workDir } = resolved({ out: 'results', work: '../work' }).folders;
  assert.deepEqual([outDir, workDir], [resolve('results'), resolve('../work')]);
});

test('a typed seed is used, and every run without one gets its own', () => {
  assert.equal(resolved({ seed: 'x' }).seed, 'x');
  assert.match(resolved({}).seed, /^\d+$/);
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
    assert.equal(parseDurationNs(text), null, text);
});

test('short durations are printed in seconds, long ones in minutes', () => {
  assert.equal(formatSeconds(12.4e9), '12 s');
  assert.equal(formatSeconds(-1), '0 s');
  assert.equal(formatSeconds(125e9), '2 min 5 s');
});

test('churn-scale is only counted unless it is typed; every scenario measures typed images', () => {
  const passesOf = (typed: Partial<TypedOptions>) =>
    resolved(typed).scenarios.find(({ id }) => id === 'churn-scale')!.passesWith!({ local: 'files' });
  assert.deepEqual(passesOf({}), ['count']);
  assert.deepEqual(passesOf({ scenarios: 'churn-scale' }), ['count', 'time']);
  const large = (typed: Partial<TypedOptions>) => Object.keys(resolved(typed).images.scenarios);
  assert.deepEqual(large({ profile: 'full' }), ['fixture:debian-12-developer']);
  assert.deepEqual(large({ profile: 'full', images: 'fixture:debian-12-developer' }), []);
});

test('the profile all has every scenario', () => {
  const ids = resolved({ profile: 'all' }).scenarios.map(({ id }) => id);
  assert.deepEqual(
    scenarios.map(({ id }) => id).filter((id) => !ids.includes(id)),
    [],
  );
});

test('runs.json is read back as it was written, and a damaged one is refused with the field at fault', () => {
  const plan = { count: 3, seed: 's', cwd: '/', typed: { profile: 'quick', ab: ['a', 'b'], budget: 9e9 } };
  assert.deepEqual(parsePoolPlan(JSON.stringify(plan), 'runs.json'), plan);
  const cases: [unknown, string][] = [
    [[], 'the file'],
    [{ ...plan, count: 0 }, 'count'],
    [{ ...plan, count: 101 }, 'count'],
    [{ ...plan, seed: 1 }, 'seed'],
    [{ ...plan, cwd: null }, 'cwd'],
    [{ ...plan, typed: {} }, 'typed'],
    [{ ...plan, typed: { profile: 'quick', blocks: {} } }, 'typed.blocks'],
    [{ ...plan, typed: { profile: 'quick', 'a b': 1 } }, 'typed.a b'],
    [{ ...plan, typed: { profile: 'quick', budget: '9' } }, 'typed.budget'],
  ];
  for (const [value, field] of cases)
    assert.throws(
      () => parsePoolPlan(JSON.stringify(value), 'runs.json'),
      (error: UserError) =>
        error.message === 'cannot resume: runs.json is damaged' && error.facts[0]!.endsWith(`: ${field}`),
      field,
    );
  assert.throws(() => parsePoolPlan('{', 'runs.json'), UserError);
});

test('a profile can omit parameters of a scenario; a scenario that is typed has them all', () => {
  const ingests = (typed: Partial<TypedOptions>): readonly unknown[] =>
    resolved(typed)
      .scenarios.find(({ id }) => id === 'churn')!
      .params.map(({ ingest }) => ingest);
  assert.ok(!ingests({ profile: 'quick' }).includes('digested'));
  assert.ok(ingests({ profile: 'quick' }).includes('trusted'));
  assert.ok(ingests({ profile: 'quick', scenarios: 'churn' }).includes('digested'));
  assert.ok(ingests({}).includes('digested'));
});

test('--count-only refuses scenarios that can only be timed, unless another one is counted', () => {
  const error = refused({ countOnly: true, scenarios: 'cleanup,start-trace' });
  assert.equal(error.message, '--count-only: cleanup, start-trace can only be timed');
  resolved({ countOnly: true, scenarios: 'cleanup,churn' });
});
