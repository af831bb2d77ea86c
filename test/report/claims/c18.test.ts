import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backends as registered } from '../../../harness/backends/registry.ts';
import { claim, SAME_LISTING } from '../../../report/claims/c18.ts';
import type { Params } from '../../../results/schema/shared.ts';
import { scenario as walkCold } from '../../../scenarios/walk-servers-cold.ts';
import { scenario as walkWarm } from '../../../scenarios/walk-servers-warm.ts';
import { type MadeGroup, type MadeRun, verdictOn } from './journal.ts';
import { images, type WalkTimes, walks } from './listings.ts';

const FUSE = 'composefs-fuse';
const OTHER = 'composefs-fuse-passthrough';
const REFERENCE = 'composefs-fuse-reference';
const backends = Object.fromEntries(
  ['erofs-overlay', FUSE, OTHER, REFERENCE].map((id) => [id, { title: id, how: '' }]),
);
const NOT_INSTALLED = {
  kind: 'arm' as const,
  arm: REFERENCE,
  backend: REFERENCE,
  need: 'composefs-fuse',
  reason: 'not installed',
};
const walked = (warm: WalkTimes, cold: WalkTimes, params: Params = {}): readonly MadeGroup[] => [
  walks('walk-servers-warm', { 'erofs-overlay': 100, ...warm }, params),
  walks('walk-servers-cold', { 'erofs-overlay': 100, ...cold }, params),
];
/** `pinned`: server and client on one CPU, warm and cold. */
const on = (
  warm: WalkTimes,
  cold: WalkTimes,
  more: Partial<MadeRun> & { readonly pinned?: readonly [warm: WalkTimes, cold: WalkTimes] } = {},
) => {
  const { pinned, ...rest } = more;
  return verdictOn(claim, {
    images,
    backends,
    skipped: [NOT_INSTALLED],
    groups: [
      ...walked(warm, cold),
      ...(pinned === undefined ? [] : walked(...pinned, { placement: 'same-cpu' })),
    ],
    ...rest,
  });
};
const slow = { [OTHER]: 300 };
test('supported: the best server takes at most 1.5 times as long, warm and cold; the slower of the two decides', () => {
  const judged = on({ [FUSE]: 120, ...slow }, { [FUSE]: 130, ...slow });
  assert.ok(judged.verdict === 'supported');
  assert.match(judged.decidedBy!.what, /^walk-servers-cold, composefs-fuse ÷/);
  assert.ok(Math.abs(judged.decidedBy!.value - 1.3) < 0.01);
});
test('not supported: every server takes longer, warm or cold; the fastest of them decides', () => {
  for (const [warm, cold] of [
    [120, 200],
    [200, 120],
  ] as const) {
    const times = [
      { [FUSE]: warm, ...slow },
      { [FUSE]: cold, ...slow },
    ] as const;
    const judged = on(...times, { pinned: times });
    assert.ok(judged.verdict === 'not supported');
    assert.ok(Math.abs(judged.decidedBy!.value - 2) < 0.01);
  }
});
test('undecided: every server takes longer, but not each was measured in both placements', () => {
  const times = [
    { [FUSE]: 200, ...slow },
    { [FUSE]: 130, ...slow },
  ] as const;
  const free = on(...times);
  assert.ok(free.verdict === 'undecided');
  assert.match(free.wouldDecide, /--placement needed$/);
  assert.match(free.because, /^warm: every server .*, but not each was measured in both placements$/);
  assert.equal(on(...times, { pinned: [{ [FUSE]: 200 }, times[1]] }).verdict, 'undecided', 'one server');
  assert.equal(on(...times, { pinned: times }).verdict, 'not supported');
  assert.equal(on(...times, { cpuCount: 1 }).verdict, 'not supported', 'one CPU is one placement');
});
test('the best variant and the best placement count', () => {
  assert.equal(on({ [FUSE]: 200, [OTHER]: 120 }, { [FUSE]: 130, ...slow }).verdict, 'supported');
  const best = on({ [FUSE]: 200, ...slow }, { [FUSE]: 130, ...slow }, { pinned: [{ [FUSE]: 110 }, {}] });
  assert.equal(best.verdict, 'supported');
});
test('undecided: a server that can run was not measured, and is named', () => {
  const one = on({ [FUSE]: 120 }, { [FUSE]: 130 });
  assert.equal(one.verdict, 'undecided');
  assert.match(one.because, /not measured on made: composefs-fuse-passthrough$/);
  const reference = on({ [FUSE]: 120, ...slow }, { [FUSE]: 130, ...slow }, { skipped: [] });
  assert.equal(reference.verdict, 'undecided');
  assert.match(reference.because, /composefs-fuse-reference/);
  const half = on({ [FUSE]: 120, ...slow }, { [FUSE]: 130 });
  assert.equal(half.verdict, 'undecided', 'cold without it');
});
test('undecided: a server has too few blocks, which is not the same as not measured', () => {
  const cut = (group: MadeGroup, arms: readonly string[]): MadeGroup => ({
    ...group,
    time: Object.fromEntries(
      Object.entries(group.time!).map(([arm, series]) => {
        const { walkWallNs } = series as { walkWallNs: readonly number[] };
        return [arm, { walkWallNs: arms.includes(arm) ? walkWallNs.slice(0, 5) : walkWallNs }];
      }),
    ),
  });
  const given = (...arms: readonly string[]) =>
    verdictOn(claim, {
      ...{ images, backends, skipped: [NOT_INSTALLED] },
      groups: walked({ [FUSE]: 120, ...slow }, { [FUSE]: 130, ...slow }).map((group) => cut(group, arms)),
    });
  const judged = given(OTHER);
  assert.ok(judged.verdict === 'undecided');
  assert.match(judged.because, /; in too few blocks on made: composefs-fuse-passthrough \(5 of 8 blocks\)$/);
  assert.doesNotMatch(judged.because, /not measured/);
  assert.match(judged.wouldDecide, /^more blocks/);
  assert.match(given(FUSE, OTHER).because, /composefs-fuse \(5 of 8 blocks\), composefs-fuse-passthrough/);
});
test('undecided: an interval contains the bound', () => {
  assert.equal(on({ [FUSE]: [120, 200], ...slow }, { [FUSE]: 130, ...slow }).verdict, 'undecided');
});
test('not testable without FUSE', () => {
  const judged = on(
    {},
    {},
    {
      skipped: [
        { kind: 'arm' as const, arm: FUSE, backend: FUSE, need: 'FUSE mounts', reason: 'no /dev/fuse' },
      ],
    },
  );
  assert.equal(judged.verdict, 'not testable');
});

test('every FUSE server is listed by both scenarios, or lists as another one does', () => {
  const servers = registered.map(({ id }) => id).filter((id) => id.startsWith('composefs-fuse'));
  for (const { id, only = [] } of [walkWarm, walkCold])
    assert.deepEqual(
      servers.filter((server) => !only.includes(server)).sort(),
      [...SAME_LISTING].sort(),
      `a run can never decide the claim: ${id} does not list them`,
    );
  const lazy = Object.fromEntries(SAME_LISTING.map((id) => [id, { title: id, how: '' }]));
  const judged = on(
    { [FUSE]: 120, ...slow },
    { [FUSE]: 130, ...slow },
    { backends: { ...backends, ...lazy } },
  );
  assert.equal(judged.verdict, 'supported');
});
