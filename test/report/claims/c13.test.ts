import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c13.ts';
import { verifyingKernel } from './attacks.ts';
import { type MadeGroup, printedOf, refutedBy, type Series, verdictOn } from './journal.ts';

const verdict = (groups: readonly MadeGroup[]): string => verdictOn(claim, { groups }).verdict;

const OUTSIDE = ['mode', 'owner', 'attribute', 'replaced', 'redigested', 'rename', 'added', 'removed'];
const matrix = (more: Series = {}): Series => ({
  contentShownCount: 1,
  contentByFileCount: 1,
  contentByReferenceCount: 1,
  contentByManifestCount: 0,
  ...Object.fromEntries(
    OUTSIDE.flatMap((change) => [
      [`${change}ShownCount`, 1],
      [`${change}ByFileCount`, 0],
      [`${change}ByReferenceCount`, change === 'replaced' ? 1 : 0],
      [`${change}ByManifestCount`, 1],
    ]),
  ),
  ...more,
});
const layers = (more: Series = {}): Series => ({
  ...Object.fromEntries(
    Object.entries(matrix()).filter(
      ([name]) => /(Shown|ByFile)Count$/.test(name) && !name.startsWith('redigested'),
    ),
  ),
  ...more,
});
const tampered = (erofs: Series, unpacked: Series = layers()): readonly MadeGroup[] => [
  { scenario: 'tamper', count: { 'erofs-overlay': erofs, 'unpacked-overlay': unpacked } },
];

test('supported: each level notices its own changes, and the reason lists those of verity=require', () => {
  const judged = verdictOn(claim, { groups: tampered(matrix()) });
  assert.equal(judged.verdict, 'supported');
  assert.match(judged.because, /verity=require compares also differs after a replaced redirect/);
  const sums = judged.figures
    .filter(({ metric }) => metric === 'noticedChangeCount')
    .map(({ value }) => value);
  assert.deepEqual(sums, [0, 1, 8, 0]);
  assert.equal(judged.figures[0]!.value, 0);
});

for (const change of OUTSIDE) {
  test(`not supported: digests of files notice a changed ${change}, or the manifest's does not`, () => {
    const refuted = (groups: readonly MadeGroup[], metric: string, value: number) => {
      const judged = verdictOn(claim, { groups });
      assert.equal(refutedBy(judged), value);
      assert.equal(printedOf(judged).metric, metric);
    };
    const [byFile, byManifest] = [`${change}ByFileCount`, `${change}ByManifestCount`];
    refuted(tampered(matrix({ [byFile]: 1 })), byFile, 1);
    refuted(tampered(matrix({ [byManifest]: 0 })), byManifest, 0);
    if (change !== 'redigested') refuted(tampered(matrix(), layers({ [byFile]: 1 })), byFile, 1);
  });

  test(`not supported: verity=require contradicts the claim for a changed ${change}`, () => {
    const flipped = change === 'replaced' ? 0 : 1;
    const judged = verdictOn(claim, { groups: tampered(matrix({ [`${change}ByReferenceCount`]: flipped })) });
    assert.equal(refutedBy(judged), flipped);
    assert.match(
      judged.because,
      change === 'replaced'
        ? /digest that verity=require compares misses a redirect/
        : /digest that verity=require compares notices/,
    );
  });
}

test('undecided: a changed byte is missed, a change is not shown, or passes differ', () => {
  assert.equal(verdict(tampered(matrix({ contentByFileCount: 0 }))), 'undecided');
  assert.equal(verdict(tampered(matrix(), layers({ ownerShownCount: 0 }))), 'undecided');
  assert.equal(verdict(tampered(matrix({ modeByManifestCount: [1, 0, 1] }))), 'undecided');
  assert.equal(verdict([]), 'not testable');
});

test('one pass decides: whether a digest differs and where an attack ends are facts', () => {
  const groups = [...tampered(matrix()), ...verifyingKernel()];
  assert.equal(verdictOn(claim, { groups, passes: 1 }).verdict, 'supported');
  const missed = tampered(matrix({ modeByManifestCount: 0 }));
  assert.equal(verdictOn(claim, { groups: missed, passes: 1 }).verdict, 'not supported');
});

test('says that digests are computed, and why enforcement by the kernel was not tested', () => {
  const features = { 'fs-verity': { ok: false, detail: 'ioctl: EOPNOTSUPP' } };
  const { because } = verdictOn(claim, { groups: tampered(matrix()), features });
  assert.match(because, /computed; .* not testable here: fs-verity: ioctl: EOPNOTSUPP/);
});

test('an older run without added and removed files is judged by the changes that it has', () => {
  const older = Object.fromEntries(
    Object.entries(matrix()).filter(([name]) => !/^(added|removed)/.test(name)),
  );
  const judged = verdictOn(claim, { groups: tampered(older, {}) });
  assert.equal(judged.verdict, 'supported');
  assert.equal(judged.figures[2]!.value, 6);
});

test('undecided: the slots of unpacked layers failed; an older run without them is judged by the rest', () => {
  const alone = (more: Series = {}): MadeGroup => ({
    scenario: 'tamper',
    count: { 'erofs-overlay': matrix(more) },
  });
  const failed = ['unpacked-overlay'];
  assert.equal(verdict([{ ...alone(), failed }]), 'undecided');
  assert.equal(verdict([{ ...alone({ ownerByFileCount: 1 }), failed }]), 'not supported');
  assert.equal(verdict([alone()]), 'supported');
});

test('undecided: slots on another image failed, which may differ', () => {
  const other: MadeGroup = { scenario: 'tamper', image: 'other', failed: ['erofs-overlay'] };
  for (const more of [{}, { ownerByFileCount: 1 }])
    assert.match(
      verdictOn(claim, { groups: [...tampered(matrix(more)), other] }).because,
      /erofs-overlay on other/,
    );
});

test('a kernel that enforces the levels is part of the verdict', () => {
  const judged = verdictOn(claim, { groups: [...tampered(matrix()), ...verifyingKernel()] });
  assert.equal(judged.verdict, 'supported');
  assert.match(
    judged.because,
    /enforced under \S+: 48 of 90 attacks were refused, each where its level says$/,
  );
  const refused = judged.figures.filter(({ metric }) => metric === 'refusedAttackCount');
  assert.deepEqual(
    refused.map(({ value }) => value),
    [3, 3, 6, 6, 15, 15],
  );
});

for (const [level, attack, ending, said] of [
  ['files', 'mode', 'AtRead', /fs-verity of objects refuses set-user-id bit \(erofs-overlay-verity\)/],
  ['files', 'device', 'Served', /fs-verity of objects serves byte of the device/],
  ['reference', 'replaced', 'Served', /fs-verity, objects by digest serves redirect swapped/],
  ['reference', 'owner', 'AtOpen', /fs-verity, objects by digest refuses owner/],
  ['manifest', 'rollback', 'Served', /fs-verity, manifest by digest serves older version/],
] as const)
  test(`not supported: a kernel contradicts the level ${level} by ${attack}`, () => {
    const judged = verdictOn(claim, {
      groups: [...tampered(matrix()), ...verifyingKernel({ [level]: { [attack]: ending } })],
    });
    assert.equal(refutedBy(judged), ending === 'Served' ? 0 : 1);
    assert.match(printedOf(judged).what, / refused under .* \(1: yes; made\)$/);
    assert.match(judged.because, said);
    assert.doesNotMatch(judged.because, /where its level says/);
    const alone = verdictOn(claim, { groups: verifyingKernel({ [level]: { [attack]: ending } }) });
    assert.equal(refutedBy(alone), ending === 'Served' ? 0 : 1);
  });

test('undecided: a kernel serves a changed byte, or its passes differ', () => {
  const on = (ends: Parameters<typeof verifyingKernel>[0]): string =>
    verdict([...tampered(matrix()), ...verifyingKernel(ends)]);
  assert.equal(on({ files: { written: 'Served' } }), 'undecided');
  assert.equal(on({ manifest: { mode: ['AtMount', 'Served', 'AtMount'] } }), 'undecided');
  assert.equal(on({ reference: { mode: 'Unseen' } }), 'undecided');
  assert.equal(verdict(verifyingKernel({ files: { written: 'Served' } })), 'undecided');
});

for (const level of ['files', 'reference', 'manifest'])
  test(`undecided: slots of the enforced level ${level} failed, unless an attack contradicts it`, () => {
    const cut = (ends: Parameters<typeof verifyingKernel>[0] = {}): readonly MadeGroup[] =>
      verifyingKernel(ends).map((group) =>
        group.params!['level'] === level ? { ...group, failed: ['erofs-overlay-verity'] } : group,
      );
    const judged = verdictOn(claim, { groups: [...tampered(matrix()), ...cut()] });
    assert.equal(judged.verdict, 'undecided');
    assert.match(judged.because, /or slots failed/);
    assert.doesNotMatch(judged.because, /where its level says/);
    assert.equal(verdict(cut()), 'undecided', 'nothing was computed');
    assert.equal(verdict([...tampered(matrix()), ...cut({ files: { mode: 'AtRead' } })]), 'not supported');
  });

test('the result of a truncated image does not change the verdict', () => {
  for (const ending of ['Served', 'AtOpen', 'Unseen'])
    assert.equal(
      verdict([...tampered(matrix()), ...verifyingKernel({ files: { truncated: ending } })]),
      'supported',
    );
});

test('what the kernel refused decides a run that computed nothing', () => {
  const judged = verdictOn(claim, { groups: verifyingKernel() });
  assert.equal(judged.verdict, 'supported');
});
