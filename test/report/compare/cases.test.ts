// A comparison as test cases, read back by readers of JUnit and KTAP.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { casesOf, type Judging } from '../../../report/compare/cases.ts';
import { junitPieces } from '../../../results/exports/junit.ts';
import { ktapPieces } from '../../../results/exports/ktap.ts';
import type { TestSuite } from '../../../results/exports/verdicts.ts';
import { compareArms, compareRuns } from '../../../results/gate/compare.ts';
import { type GateOptions, gateOf } from '../../../results/gate/gate.ts';
import { countsAgree, junitSuites, levels, skipJunit, tap } from '../../results/exports/readers.ts';
import {
  changed,
  example,
  type Given,
  loaded,
  oneMore,
  twoArms,
  withStatus,
  withTools,
} from '../../results/gate/support.ts';

const HOSTILE = '<b>&amp;"\'# SKIP\n\u202e\u0007]]>\\';
const base = example({ images: ['debian-12-static'] });
const more = oneMore(base, { arm: 'unpacked-overlay', phase: 'create', actor: 'tar', call: 'openat' });

const judgedRuns = (to: Given, from: Given, options: Partial<GateOptions> = {}): Judging => {
  const [left, right] = [loaded(to), loaded(from)];
  const comparison = compareRuns(left, right);
  const gate = gateOf(comparison, right, { strict: false, allowMissing: [], ...options });
  return { comparison, gate, run: right.run };
};

const judgedArms = (given: Given, options: Partial<GateOptions> = {}): Judging => {
  const head = loaded(given);
  const comparison = compareArms(head);
  const gate = gateOf(comparison, head, { strict: false, allowMissing: [], ...options });
  return { comparison, gate, run: head.run };
};

const kinds = (suites: readonly TestSuite[], kind: string): readonly string[] =>
  suites.flatMap(({ name, cases }) =>
    cases.filter(({ verdict }) => verdict.kind === kind).map((one) => `${name}: ${one.name}`),
  );

const CASES: readonly (readonly [string, Judging])[] = [
  ['equal', judgedRuns(base, base)],
  ['one call more', judgedRuns(base, more)],
  ['another tar', judgedRuns(base, withTools(more, { tar: HOSTILE }))],
  [
    'gone',
    judgedRuns(
      base,
      changed(base, (one) => (one.arm === 'unpacked-overlay' ? null : one)),
    ),
  ],
  ['slower', judgedArms(twoArms(24, 1.5))],
  ['undecided', judgedArms(twoArms(8, 1.5))],
  ['hostile', judgedRuns(example({ images: [HOSTILE] }), example({ images: [HOSTILE] }))],
  ['interrupted', judgedRuns(base, withStatus(base, 'interrupted'))],
];

test('red rows fail, and no others', () => {
  for (const [name, judging] of CASES) {
    const failed = kinds(casesOf(judging), 'failed');
    const gate = [0, 2].includes(judging.gate.exit) ? 0 : 1;
    assert.equal(failed.length, judging.gate.red.length + gate, name);
  }
  const red = (name: string): number => CASES.find(([one]) => one === name)![1].gate.red.length;
  assert.ok(red('one call more') > 0 && red('slower') > 0 && red('gone') > 0);
  assert.deepEqual([red('equal'), red('another tar'), red('undecided')], [0, 0, 0]);
});

test('every row is a case', () => {
  for (const [name, judging] of CASES) {
    const suites = casesOf(judging);
    const { exact, latencies } = judging.comparison;
    assert.equal(
      suites.reduce((sum, { cases }) => sum + cases.length, 0),
      1 + exact.length + latencies.rows.length,
      name,
    );
    for (const { cases } of suites) assert.equal(new Set(cases.map((one) => one.name)).size, cases.length);
  }
});

test('incomparable and undecided rows are skipped, with the reason', () => {
  const reasons = (name: string): readonly string[] =>
    casesOf(CASES.find(([one]) => one === name)![1]).flatMap(({ cases }) =>
      cases.flatMap(({ verdict }) => (verdict.kind === 'skipped' ? [verdict.why] : [])),
    );
  assert.ok(reasons('another tar').some((why) => /^incomparable: tar: .* in the base, /.test(why)));
  assert.ok(reasons('undecided').some((why) => /^only 8 blocks; judging \d+ rows needs \d+: /.test(why)));
  assert.ok(reasons('equal').some((why) => /^shown, not judged: /.test(why)));
});

test('a red row that the rerun did not confirm is skipped, as is a row that may be missing', () => {
  const slower = casesOf(judgedArms(twoArms(24, 1.5), { isRefuted: () => true }));
  assert.deepEqual(kinds(slower, 'failed'), []);
  assert.ok(JSON.stringify(slower).includes('the rerun did not confirm it'));
  const gone = changed(base, (one) => (one.arm === 'unpacked-overlay' ? null : one));
  const allowed = casesOf(judgedRuns(base, gone, { allowMissing: ['unpacked-overlay'] }));
  assert.deepEqual(kinds(allowed, 'failed'), []);
  assert.ok(JSON.stringify(allowed).includes('missing, as allowed'));
});

test('a strict gate fails as a case of its own if no row fails', () => {
  const suites = casesOf(judgedArms(twoArms(8, 1.5), { strict: true }));
  assert.deepEqual(kinds(suites, 'failed'), ['gate: the gate']);
});

test('JUnit: a reader finds each failure with its explanation', { skip: skipJunit }, () => {
  for (const [, judging] of CASES) {
    const suites = junitSuites([...junitPieces(casesOf(judging))].join(''));
    for (const suite of suites) countsAgree(suite);
    const failures = suites.flatMap(({ cases }) => cases.filter(([, kind]) => kind === 'Failure'));
    assert.equal(failures.length, kinds(casesOf(judging), 'failed').length);
    for (const [name, , , text] of failures)
      if (name === 'create: tar: openat') assert.match(text ?? '', /so this is not noise/);
  }
});

test('KTAP: a TAP reader finds the same failures and skips', () => {
  for (const [name, judging] of CASES) {
    const suites = casesOf(judging);
    const { top, nested } = levels([...ktapPieces(suites)].join(''));
    const inner = nested.map(tap);
    const sum = (of: 'failed' | 'skipped'): number => inner.reduce((total, one) => total + one[of], 0);
    assert.equal(tap(top).count, suites.length, name);
    assert.equal(tap(top).failed, inner.filter(({ failed }) => failed > 0).length, name);
    assert.equal(sum('failed'), kinds(suites, 'failed').length, name);
    assert.equal(sum('skipped'), kinds(suites, 'skipped').length, name);
  }
});
