// What a run did not complete or did not measure, as test cases.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { junitPieces } from '../../../results/exports/junit.ts';
import { ktapPieces } from '../../../results/exports/ktap.ts';
import { suitesOf, type TestSuite } from '../../../results/exports/verdicts.ts';
import type { RunFile } from '../../../results/schema/run.ts';
import { exampleRun } from '../../report/support/example.ts';
import { loaded } from '../gate/support.ts';

const { run, samples } = exampleRun({ images: ['one'], blocks: 2, countPasses: 1 });
const suitesWith = (change: Partial<RunFile>): readonly TestSuite[] =>
  suitesOf(loaded({ run: { ...run, ...change }, samples }));
const casesIn = (name: string, suites: readonly TestSuite[]): TestSuite['cases'] | undefined =>
  suites.find((suite) => suite.name === name)?.cases;

test('a run that did not complete has a failed case; one that ran out of time has a skipped one', () => {
  for (const status of ['failed', 'interrupted', 'running'] as const) {
    const suites = suitesWith({ status });
    assert.deepEqual(casesIn('the run', suites), [
      { name: 'status', verdict: { kind: 'failed', why: [status] } },
    ]);
    assert.match([...junitPieces(suites)].join(''), /<testsuite name="the run" tests="1" failures="1" /);
    assert.match([...ktapPieces(suites)].join(''), /^not ok \d+ the run$/m);
  }
  assert.deepEqual(casesIn('the run', suitesWith({ status: 'out-of-time' })), [
    { name: 'status', verdict: { kind: 'skipped', why: 'out-of-time' } },
  ]);
  assert.equal(casesIn('the run', suitesWith({ status: 'complete' })), undefined);
});

test('groups and passes for which no time was left are skipped cases', () => {
  const dropped: RunFile['plan']['dropped'] = [
    {
      kind: 'group',
      scenario: 'churn',
      params: { store: 'full' },
      image: 'two',
      blocks: 0,
      neededBlocks: 8,
      neededNs: 5e9,
      leftNs: 1e9,
    },
    { kind: 'passes', done: 1, planned: 3 },
  ];
  const suites = suitesWith({ plan: { ...run.plan, dropped } });
  const cases = casesIn('not measured, or not completely', suites)!;
  assert.deepEqual(
    cases.map(({ name }) => name),
    ['churn store=full on two (not measured)', 'counting passes: 1 of 3: no time for more'],
  );
  for (const { verdict } of cases) {
    assert.ok(verdict.kind === 'skipped');
    assert.match(verdict.why, /no time/);
  }
  assert.match([...junitPieces(suites)].join(''), /<skipped message="churn store=full on two: not measured/);
  assert.match([...ktapPieces(suites)].join(''), /^ {2}ok 1 churn store=full on two .* # SKIP churn /m);
});
