import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c13.ts';
import { type MadeGroup, type Series, verdictOn } from './journal.ts';

const verdict = (groups: readonly MadeGroup[]): string => verdictOn(claim, { groups }).verdict;

const OUTSIDE = ['mode', 'owner', 'attribute', 'replaced', 'redigested', 'rename'];
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

test('supported on three levels, with what verity=require notices', () => {
  const judged = verdictOn(claim, { groups: tampered(matrix()) });
  assert.equal(judged.verdict, 'supported');
  assert.match(judged.because, /verity=require also notices a replaced redirect/);
  const sums = judged.figures
    .filter(({ metric }) => metric === 'noticedChangeCount')
    .map(({ value }) => value);
  assert.deepEqual(sums, [0, 1, 6, 0]);
  assert.equal(judged.figures[0]!.value, 0);
});

for (const change of OUTSIDE) {
  test(`not supported: digests of files notice a changed ${change}, or the manifest's does not`, () => {
    assert.equal(verdict(tampered(matrix({ [`${change}ByFileCount`]: 1 }))), 'not supported');
    assert.equal(verdict(tampered(matrix({ [`${change}ByManifestCount`]: 0 }))), 'not supported');
    if (change !== 'redigested')
      assert.equal(verdict(tampered(matrix(), layers({ [`${change}ByFileCount`]: 1 }))), 'not supported');
  });

  test(`not supported: verity=require contradicts the claim for a changed ${change}`, () => {
    const flipped = change === 'replaced' ? 0 : 1;
    const judged = verdictOn(claim, { groups: tampered(matrix({ [`${change}ByReferenceCount`]: flipped })) });
    assert.equal(judged.verdict, 'not supported');
    assert.match(
      judged.because,
      change === 'replaced' ? /verity=require misses a redirect/ : /verity=require notices/,
    );
  });
}

test('undecided: a changed byte is missed, a change is not shown, or passes differ', () => {
  assert.equal(verdict(tampered(matrix({ contentByFileCount: 0 }))), 'undecided');
  assert.equal(verdict(tampered(matrix(), layers({ ownerShownCount: 0 }))), 'undecided');
  assert.equal(verdict(tampered(matrix({ modeByManifestCount: [1, 0, 1] }))), 'undecided');
  assert.equal(verdict([]), 'not testable');
});

test('says that digests are computed, and why enforcement by the kernel was not tested', () => {
  const features = { 'fs-verity': { ok: false, detail: 'ioctl: EOPNOTSUPP' } };
  const { because } = verdictOn(claim, { groups: tampered(matrix()), features });
  assert.match(because, /computed; .* not testable here: fs-verity: ioctl: EOPNOTSUPP/);
});
