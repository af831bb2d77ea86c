import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyse } from '../../../report/analysis.ts';
import type { Claim, Figure, Judgement } from '../../../report/claims/claim.ts';
import type { Source } from '../../../report/claims/source.ts';
import { figureText } from '../../../report/claims/words.ts';
import { mailOf } from '../../../report/mail/mail.ts';
import { brokenRules, htmlOf } from '../../../report/render.ts';
import { terminalOf } from '../../../report/terminal.ts';
import type { ReportView } from '../../../report/view.ts';
import { startTally } from '../../../results/compare/tally.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { around, type MadeRun, made } from './journal.ts';

const claimOf = (id: string, judge: Claim['judge'], more: Partial<Claim> = {}): Claim => ({
  id,
  text: `What ${id} says of overlay over erofs and of everything that is stacked on top of it`,
  by: 'somebody, 1 January 2023',
  scenarios: ['walk-warm'],
  rule: 'the rule',
  objection: 'the objection',
  answer: 'the answer',
  judge,
  ...more,
});

const ratio = (value: number): Figure => ({
  what: 'walk-warm',
  metric: 'walkRatio',
  value,
  interval: { kind: 'interval', center: value, lo: value - 0.02, hi: value + 0.03, confidence: 0.99, n: 8 },
  published: '1.36x (Larsson)',
});

test('the number that decided stands first', () => {
  const [beside, decider] = [ratio(1), ratio(1.5)];
  const view = viewOf([
    claimOf('C1', () => ({
      verdict: 'supported',
      because: 'the numbers say so',
      decidedBy: decider,
      figures: [beside, decider],
    })),
  ]);
  assert.deepEqual(view.claims[0]!.figures, [decider, beside]);
  assert.match(terminalOf(view), /^C1 supported .*\n +1\.50 \(1\.48..1\.53\): \S/m);
});

test('a source is a link on the page and text in a mail', () => {
  const by: readonly Source[] = [
    {
      who: 'Giuseppe Scrivano',
      when: '2023-01-20',
      where: { kind: 'message', id: '87ilh0g88n.fsf@redhat.com' },
    },
    {
      who: 'Dave Chinner',
      when: '2023-01-18',
      where: { kind: 'list', list: 'linux-fsdevel' },
      excerpt: true,
      said: 'half a minute',
    },
  ];
  const view = viewOf([claimOf('C1', decided('supported', 2), { by })]);
  const page = htmlOf(view);
  assert.match(
    page,
    /Giuseppe Scrivano, 2023-01-20, <a href="https:\/\/lore\.kernel\.org\/r\/87ilh0g88n\.fsf@redhat\.com">Message-ID 87ilh0g88n\.fsf@redhat\.com<\/a>; Dave Chinner, 2023-01-18, linux-fsdevel \(read as an excerpt\): half a minute/,
  );
  assert.match(mailOf(view).replaceAll(/\s+/g, ' '), /Message-ID 87ilh0g88n\.fsf@redhat\.com; Dave Chinner/);
  assert.match(mailOf(view), /rule: the rule/);
});

const decided = (verdict: 'supported' | 'not supported', value: number) => (): Judgement => ({
  verdict,
  because: 'the numbers say so',
  figures: [ratio(value)],
});

const walk: MadeRun = {
  groups: [
    {
      scenario: 'walk-warm',
      time: { 'erofs-overlay': { walkWallNs: around(2e6) }, 'composefs-fuse': { walkWallNs: around(4e6) } },
    },
  ],
};

const viewOf = (claims: readonly Claim[], given: MadeRun = walk): ReportView => {
  const { run, samples } = made(given);
  const tally = startTally();
  for (const sample of samples) tally.add(sample);
  return analyse(run, tally.finish(), { claims });
};

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
  const red = /\x1b\[31mC1 failed .*\n.*\x1b\[31m +failed: no such metric\x1b\[0m/;
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
  assert.match(htmlOf(view), /not tested by this run: C9/);
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

test('the terminal has two lines per claim within its width: verdict, then number or reason', () => {
  const view = viewOf([
    claimOf('C6', decided('not supported', 1.04)),
    claimOf('C10', () => ({
      verdict: 'undecided',
      because: 'the interval holds one',
      wouldDecide: 'more',
      figures: [],
    })),
    claimOf('C13', () => ({ verdict: 'not testable', because: 'fs-verity: ENOTTY', figures: [] })),
  ]);
  for (const columns of [80, 72]) {
    const lines = terminalOf(view, { columns }).split('\n');
    const first = lines.indexOf('Claims on trial: 1 not supported, 1 undecided, 1 not testable');
    assert.ok(first > 0, lines.join('\n'));
    const [c6, number, c10, reason, c13, missing] = lines.slice(first + 1, first + 7);
    assert.match(c6!, /^C6 {2}not supported What C6 says .*\.\.\.$/);
    assert.match(number!, /^ {18}1\.04 \(1\.02\.\.1\.07\): \S/);
    assert.match(c10!, /^C10 undecided {5}What C10/);
    assert.match(reason!, /^ {18}the interval holds one$/);
    assert.match(c13!, /^C13 not testable {2}What C13/);
    assert.match(missing!, /^ {18}fs-verity: ENOTTY$/);
    for (const line of [c6, number, c10, c13]) assert.ok(line!.length <= columns, line);
  }
});

test('the page shows verdict, number, published number, rule, objection and answer; hostile strings are text', () => {
  const hostile = '<img src=x onerror=alert(1)>\u202e';
  const page = htmlOf(
    viewOf([
      claimOf('C6', decided('supported', 1.36), { text: hostile, by: hostile, objection: hostile }),
      claimOf('C7', () => {
        throw new Error(hostile);
      }),
    ]),
  );
  assert.match(page, /data-claim="C6" data-verdict="supported"/);
  assert.match(page, /<td>1\.36 \(1\.34\.\.1\.39\)<\/td><td class="text">1\.36x \(Larsson\)<\/td>/);
  assert.match(page, /<dt>rule<\/dt><dd>the rule<\/dd>/);
  assert.doesNotMatch(page, /<img|\u202e/);
  assert.match(page, /&lt;img src=x/);
});

test('figures are scaled by the unit of their metric', () => {
  const at = (metric: string, value: number) => figureText({ what: '', metric, value, interval: null });
  assert.equal(at('createCallsPerFileCount', 9.0312), '9.03 per file');
  assert.equal(at('createCallCount', 12345), '12,345');
  assert.equal(at('perFileNs', 41_300), '41.3 µs per file');
  assert.equal(at('walkRatio', 2.6), '2.60');
});

const observed: MadeRun = {
  groups: [
    {
      scenario: 'churn',
      count: {
        'erofs-overlay': { linkedFileCount: 7, createdFileCount: 9, arriveWallNs: 0 },
        'unpacked-overlay': { arriveWallNs: 3 },
      },
      ledgers: { 'erofs-overlay': { create: { harness: { openat: 1 } } } },
    },
  ],
};

test('metrics without timed blocks are shown as observed, zeros included, headline first', () => {
  const view = viewOf([], observed);
  assert.deepEqual(
    view.observed.map(({ scenario, rows }) => [
      scenario,
      rows.map(({ metric, headline, counts }) => [
        metric,
        headline,
        counts.map((count) => count?.most ?? null),
      ]),
    ]),
    [
      [
        'churn',
        [
          ['arriveWallNs', true, [0, 3]],
          ['linkedFileCount', false, [7, null]],
        ],
      ],
    ],
  );
  const text = terminalOf(view);
  assert.match(
    text,
    /^Observed:\nchurn, made\n {2}arrive: erofs-overlay 0\.00 ns, unpacked-overlay 3\.00 ns$/m,
  );
  assert.match(htmlOf(view), /Counted, not timed/);
  assert.doesNotMatch(htmlOf(viewOf([])), /Counted, not timed/);
});

test('a variant has a column only where it was measured', () => {
  const { run, samples } = made({
    groups: [
      ...walk.groups,
      {
        scenario: 'walk-cold',
        image: 'second',
        time: { 'erofs-overlay': { walkWallNs: 9 }, loop: { walkWallNs: 9 } },
      },
    ],
  });
  const backends = { ...run.catalogue.backends, loop: { title: 'loop', how: 'by loop', answers: 'loops' } };
  const tally = startTally();
  for (const sample of samples) tally.add(sample);
  const view = analyse({ ...run, catalogue: { ...run.catalogue, backends } }, tally.finish());
  const [first, second] = terminalOf(view, { allImages: true }).split('second');
  assert.doesNotMatch(first!, /loop/);
  assert.match(second!, /loop/);
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
