import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Backend } from '../../../harness/model/backend.ts';
import type { Scenario } from '../../../harness/model/scenario.ts';
import type { Arm } from '../../../harness/runner/arm.ts';
import { groupsOf, ownSources, paramsOf, type Question, variantsOf } from '../../../harness/runner/groups.ts';
import { countingSlots, timingSlots } from '../../../harness/runner/plan.ts';
import { scenarios } from '../../../scenarios/registry.ts';

const scenario = (id: string, more: Partial<Scenario> = {}): Scenario => ({
  id,
  question: 'Why?',
  cache: 'warm',
  reproduce: 'true',
  headline: [],
  needs: [],
  params: [{}],
  metrics: {},
  cycles: () => 1,
  roughNs: () => 1,
  run: async () => ({}),
  derive: (values) => values,
  ...more,
});

const arm = (id: string, answers?: string): Arm => {
  const backend = { id, ...(answers === undefined ? {} : { answers }) } as Backend;
  return { id, backend, options: {} };
};

const question = (scenarios: readonly Scenario[], more: Partial<Question> = {}): Question => ({
  images: ['one', 'two'],
  ownImages: new Map(),
  scenarios,
  arms: [arm('plain'), arm('other'), arm('loop', 'What of a loop device?')],
  everyArm: false,
  large: false,
  placement: 'free',
  ...more,
});

const told = (groups: ReturnType<typeof groupsOf>): string[] =>
  groups.map(
    ({ scenario: { id }, image, params, arms }) =>
      `${id} ${image} ${JSON.stringify(params)} ${arms.map((one) => one.id).join('+')}`,
  );

test('a scenario measures the headline backends and the variants that it names', () => {
  assert.deepEqual(
    told(groupsOf(question([scenario('a'), scenario('b', { variants: ['loop'] })], { images: ['one'] }))),
    ['a one {} plain+other', 'b one {} plain+other+loop'],
  );
  assert.deepEqual(
    [...variantsOf([scenario('b', { variants: ['loop'], only: ['other'] })], false)],
    ['loop', 'other'],
  );
});

test('further variants are measured in large profiles, and with parameters that need them', () => {
  const asked = scenario('a', {
    params: [{ local: 'files' }, { local: 'image' }],
    largeVariants: ['loop'],
    variantsWith: ({ local }) => (local === 'files' ? ['links'] : []),
  });
  const arms = [arm('plain'), arm('loop', 'Why?'), arm('links', 'Why?')];
  const of = (large: boolean) => told(groupsOf(question([asked], { images: ['one'], arms, large })));
  assert.deepEqual(of(false), ['a one {"local":"files"} plain+links', 'a one {"local":"image"} plain']);
  assert.deepEqual(of(true), [
    'a one {"local":"files"} plain+loop+links',
    'a one {"local":"image"} plain+loop',
  ]);
  assert.deepEqual([...variantsOf([asked], false)], ['links']);
  assert.deepEqual([...variantsOf([asked], true)], ['loop', 'links']);
});

test('a scenario for some backends measures no others, unless the arms were chosen by hand', () => {
  const asked = [scenario('a', { only: ['plain', 'loop'] })];
  assert.deepEqual(told(groupsOf(question(asked, { images: ['one'] }))), ['a one {} plain+loop']);
  assert.deepEqual(told(groupsOf(question(asked, { images: ['one'], everyArm: true }))), [
    'a one {} plain+other+loop',
  ]);
});

test('a scenario with an image of its own is measured on that image only, if it can be had', () => {
  const own = scenario('scale', {
    params: [{ files: 10 }, { files: 100 }],
    largeParams: [{ files: 1000 }],
    source: ({ files }) => `synthetic:files=${files}`,
    others: () => ['fixture:other'],
  });
  assert.deepEqual(ownSources([own], false), ['synthetic:files=10', 'fixture:other', 'synthetic:files=100']);
  assert.equal(paramsOf(own, true).length, 3);
  const ownImages = new Map([
    ['synthetic:files=10', 'ten'],
    ['fixture:other', 'other-image'],
  ]);
  const groups = groupsOf(
    question([own], { ownImages }),
    (image, id) => id !== 'other' || image !== 'other-image',
  );
  assert.deepEqual(told(groups), ['scale ten {"files":10} plain']);
  assert.deepEqual(groups[0]!.others, ['other-image']);
});

test('a backend that cannot show an image is left out, and so is a group without backends', () => {
  assert.deepEqual(
    told(groupsOf(question([scenario('a')]), (image, id) => image === 'two' && id === 'plain')),
    ['a two {} plain'],
  );
});

test('placement both: scenarios with servers are timed twice and counted once, with their placement', () => {
  const both = question([scenario('a', { placed: true }), scenario('b')], {
    images: ['one'],
    placement: 'both',
  });
  const groups = groupsOf(both);
  assert.deepEqual(told(groups), [
    'a one {} plain+other',
    'a one {"placement":"same-cpu"} plain+other',
    'b one {} plain+other',
  ]);
  assert.equal(countingSlots(groups, 1).length, 4);
  const timed = timingSlots(groups, { blocks: 1, baseline: 'plain', seed: 's', firstSeq: 0 });
  for (const { params, placement } of timed)
    assert.equal(placement, params['placement'] === 'same-cpu' ? 'same-cpu' : 'free');
  const pinned = groupsOf({ ...both, placement: 'same-cpu' });
  assert.equal(pinned.length, 2);
  assert.equal(countingSlots(pinned, 1).length, 4);
});

test('placement needed: variants are compared on one CPU, and each arm is counted once', () => {
  const asked = question(
    [
      scenario('a', { placed: true, oneCpu: true, variants: ['loop'] }),
      scenario('b', { placed: true }),
      scenario('c', { oneCpu: true }),
    ],
    { images: ['one'], placement: 'needed' },
  );
  const groups = groupsOf(asked);
  assert.deepEqual(told(groups), [
    'a one {} plain+other',
    'a one {"placement":"same-cpu"} plain+other+loop',
    'b one {} plain+other',
    'c one {"placement":"same-cpu"} plain+other',
  ]);
  assert.deepEqual(
    countingSlots(groups, 1).map(({ scenario: id, arm, placement }) => `${id} ${arm} ${placement}`),
    [
      'a plain free',
      'a other free',
      'a loop same-cpu',
      'b plain free',
      'b other free',
      'c plain same-cpu',
      'c other same-cpu',
    ],
  );
  // Whoever names the arms gets all of them in both places, and whoever names a place gets that alone.
  assert.deepEqual(told(groupsOf({ ...asked, everyArm: true })).slice(0, 2), [
    'a one {} plain+other+loop',
    'a one {"placement":"same-cpu"} plain+other+loop',
  ]);
  assert.equal(told(groupsOf({ ...asked, placement: 'free' }))[0], 'a one {} plain+other+loop');
});

test('placement needed: the walks through servers are measured in both placements', () => {
  const ids = ['walk-servers-warm', 'walk-servers-cold'];
  const asked = question(
    ids.map((id) => scenarios.find((known) => known.id === id)!),
    {
      arms: [arm('erofs-overlay'), arm('composefs-fuse'), arm('composefs-fuse-shared', 'Why one each?')],
      ownImages: new Map([['fixture:debian-12-base', 'base']]),
      placement: 'needed',
    },
  );
  const all = 'erofs-overlay+composefs-fuse+composefs-fuse-shared';
  const [free, pinned] = ['{}', '{"placement":"same-cpu"}'].map((params) =>
    ids.map((id) => `${id} base ${params} ${all}`),
  );
  const toldWith = (placement: Question['placement']): readonly string[] =>
    told(groupsOf({ ...asked, placement })).sort();
  for (const placement of ['needed', 'both'] as const)
    assert.deepEqual(toldWith(placement), [...free!, ...pinned!].sort());
  assert.deepEqual(toldWith('free'), [...free!].sort());
  assert.deepEqual(toldWith('same-cpu'), [...pinned!].sort());
});

test('a scenario that is only counted is never timed', () => {
  const groups = groupsOf(question([scenario('a', { passes: ['count'] })], { images: ['one'] }));
  assert.equal(countingSlots(groups, 3).length, 6);
  assert.deepEqual(timingSlots(groups, { blocks: 8, baseline: 'plain', seed: 's', firstSeq: 0 }), []);
});

test('an image for some scenarios is measured by no other scenario', () => {
  const asked = question([scenario('reads'), scenario('writes')], {
    arms: [arm('plain')],
    imageScenarios: new Map([['one', ['reads']]]),
  });
  assert.deepEqual(told(groupsOf(asked)), [
    'reads one {} plain',
    'reads two {} plain',
    'writes two {} plain',
  ]);
});

test('parameters that differ in time alone are timed and not counted', () => {
  const asked = scenario('a', {
    params: [{ ingest: 'trusted' }, { ingest: 'digested' }],
    passesWith: ({ ingest }) => (ingest === 'digested' ? ['time'] : ['count', 'time']),
  });
  const groups = groupsOf(question([asked], { images: ['one'], arms: [arm('plain')] }));
  const counted = countingSlots(groups, 1).map(({ params }) => params['ingest']);
  const timed = timingSlots(groups, { blocks: 1, baseline: 'plain', seed: 's', firstSeq: 0 });
  assert.deepEqual(counted, ['trusted']);
  assert.deepEqual([...new Set(timed.map(({ params }) => params['ingest']))].sort(), ['digested', 'trusted']);
});
