// How rules are applied, and what happens to rules that fail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyse } from '../../../report/analysis.ts';
import type { Judgement } from '../../../report/claims/claim.ts';
import { mailOf } from '../../../report/mail/mail.ts';
import { brokenRules, htmlOf } from '../../../report/render.ts';
import { terminalOf } from '../../../report/terminal.ts';
import { startTally } from '../../../results/compare/tally.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { claimOf, decided, viewOf, walk } from './claim-views.ts';
import { made } from './journal.ts';

test('a rule sees the journal; the median ratio of two constant arms is their quotient', () => {
  const claim = claimOf('C1', (evidence) => {
    const [group] = evidence.groups({ scenario: 'walk-warm' });
    const found = evidence.ratio(group!, 'composefs-fuse', 'erofs-overlay', 'walkWallNs');
    assert.ok(found.kind === 'interval');
    assert.ok(Math.abs(found.center - 2) < 1e-9);
    return decided('supported', found.center)();
  });
  assert.equal(viewOf([claim]).claims[0]!.verdict, 'supported');
});

test('a rule that throws is a failure of the report and does not affect the others', () => {
  const broken = claimOf('C1', () => {
    throw new Error('no such metric');
  });
  const { claims, tables } = viewOf([broken, claimOf('C2', decided('not supported', 1.04))]);
  assert.deepEqual(
    claims.map(({ verdict }) => verdict),
    ['failed', 'not supported'],
  );
  assert.equal(claims[0]!.because, 'failed: no such metric');
  assert.ok(tables.length > 0);
  const view = viewOf([broken, claimOf('C2', decided('not supported', 1.04))]);
  assert.deepEqual(brokenRules(view), ['C1']);
  assert.deepEqual(brokenRules(viewOf([claimOf('C2', decided('supported', 2))])), []);
  const red = /\x1b\[31mC1 failed: .*\n(.*\n)?.*\x1b\[31m +failed: no such metric\x1b\[0m/;
  assert.match(terminalOf(view, { color: true }), red);
  assert.doesNotMatch(terminalOf(view), /\x1b/);
  assert.match(terminalOf(view), /^The rule of C1 failed: no such metric\.$/m);
  assert.match(htmlOf(view), /<span class="verdict failed">failed<\/span>/);
  assert.match(mailOf(view), /^C1 {2}FAILED: /m);
});

test('the rule of a claim is not applied if the run has none of its scenarios', () => {
  let applied = 0;
  const other = claimOf(
    'C9',
    () => {
      applied++;
      throw new Error('never');
    },
    { scenarios: ['tamper', 'read-all'] },
  );
  const view = viewOf([other, claimOf('C2', decided('supported', 2))]);
  assert.equal(applied, 0);
  assert.equal(view.claims[0]!.verdict, 'not asked');
  assert.equal(view.claims[0]!.because, 'not part of this run: needs tamper, read-all');
  assert.doesNotMatch(terminalOf(view), /C9/);
  assert.match(
    htmlOf(view),
    /<details class="unasked"><summary>\d+ more claims? (?:is|are) not part of this run[\s\S]*?C9/,
  );
});

test('the rule judges scenarios that could not run or were left out', () => {
  const untestable = claimOf(
    'C3',
    (evidence): Judgement => ({
      verdict: 'not testable',
      because: evidence.whyMissing('tamper') ?? 'unknown',
      figures: [],
    }),
    { scenarios: ['tamper'] },
  );
  const skipped = [{ kind: 'scenario' as const, scenario: 'tamper', need: 'fs-verity', reason: 'ENOTTY' }];
  assert.equal(viewOf([untestable], { ...walk, skipped }).claims[0]!.because, 'fs-verity: ENOTTY');
  const dropped = [
    {
      kind: 'text' as const,
      scenario: 'tamper',
      text: 'scenario tamper: 8 blocks with it take about 9 s, the budget leaves 2 s',
    },
  ];
  assert.match(viewOf([untestable], { ...walk, dropped }).claims[0]!.because, /the budget leaves 2 s$/);
});

test('a failure in another scenario is not the reason why a claim lacks samples', () => {
  const { run, samples } = made(walk);
  const failed = (scenario: string): Sample => {
    const { seq, block, order, pass, image, cache, params, startedAt, slotNs, took, notes } = samples[0]!;
    const base = {
      seq,
      block,
      order,
      pass,
      image,
      cache,
      params,
      startedAt,
      slotNs,
      took,
      notes,
      schema: 1,
    } as const;
    const arm = { scenario, arm: 'squashfs-full', backend: 'squashfs-full' };
    return {
      ...base,
      ...arm,
      outcome: 'failed',
      phase: 'mount',
      code: 'EIO',
      message: `no luck in ${scenario}`,
    };
  };
  const why = (scenario: string): string | null => {
    let reason: string | null = null;
    const claim = claimOf('C1', (evidence) => {
      reason = evidence.whyMissing('squashfs-full');
      return decided('supported', 1)();
    });
    const tally = startTally();
    for (const sample of [...samples, failed(scenario)]) tally.add(sample);
    analyse(run, tally.finish(), { claims: [claim] });
    return reason;
  };
  assert.equal(why('walk-warm'), 'failed: no luck in walk-warm');
  assert.equal(why('start-trace'), null);
});
