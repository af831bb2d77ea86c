import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grouped } from '../../../report/format.ts';
import { compareMarkdown } from '../../../report/markdown/compare.ts';
import { markdownOf, md, textColumn } from '../../../report/markdown/lines.ts';
import { runMarkdown } from '../../../report/markdown/run.ts';
import type { Comparison } from '../../../results/gate/compare.ts';
import type { ExactResult } from '../../../results/gate/exact.ts';
import type { Gate } from '../../../results/gate/gate.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { claimOf, viewOf as claimsViewOf, decided } from '../claims/claim-views.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';

const HOSTILE = 'a|b`c`<img src=x>\n# title [x](http://e) @user \\| **b** \u202e &amp; ```';

test('a hostile name is text: no syntax and no new line is left', () => {
  assert.match(md(HOSTILE), /^(?:[\w \-./,;:?+%{}()=\u2026]|&#\d+;)+$/);
  assert.doesNotMatch(md(HOSTILE), /\n|\||`|<|\[/);
});

const cellsOf = (line: string): number => line.split('|').length;

test('every row has as many cells as its head, whatever the names', () => {
  const { run, samples } = exampleRun({ images: [HOSTILE], blocks: 8, countPasses: 1 });
  const lines = runMarkdown(
    viewOf({ ...run, skipped: [{ kind: 'image', image: HOSTILE, need: HOSTILE, reason: HOSTILE }] }, samples),
  ).split('\n');
  let head = 0;
  for (const line of lines) {
    if (!line.startsWith('|')) {
      head = 0;
      continue;
    }
    head ||= cellsOf(line);
    assert.equal(cellsOf(line), head, line);
  }
  assert.ok(lines.filter((line) => line.startsWith('|')).length > 10);
});

test('differences from the baseline come first', () => {
  const { run, samples } = exampleRun();
  const [text] = runMarkdown(viewOf(run, samples)).split('<summary>Further');
  const verdicts = text!
    .split('\n')
    .flatMap((line) => /^\| (\*\*slower\*\*|\*\*faster\*\*|undecided|same) \|/.exec(line)?.slice(1) ?? []);
  const order = ['**slower**', '**faster**', 'undecided', 'same'];
  assert.deepEqual(
    verdicts,
    [...verdicts].sort((a, b) => order.indexOf(a) - order.indexOf(b)),
  );
  assert.ok(verdicts.includes('**slower**'));
});

const comparisonOf = (rows: number, name: string): Comparison => {
  const row = (index: number): ExactResult => ({
    place: { scenario: 'churn', params: '', image: name, arm: 'erofs-overlay' },
    counted: { kind: 'call', phase: 'mount', actor: 'harness', call: `call${index}` },
    noise: 'exact',
    status: index === rows - 1 ? 'worse' : 'better',
    base: { least: 2, most: 2, passes: 3 },
    head: { least: 1, most: 1, passes: 3 },
    because: [],
  });
  return {
    kind: 'two runs',
    base: name,
    head: name,
    exact: Array.from({ length: rows }, (_, index) => row(index)),
    latencies: { rows: [], gatedCount: 0, neededBlocks: 0 },
    baseLatencies: null,
    untimed: [],
    environment: Array.from({ length: rows }, () => name),
    notices: Array.from({ length: rows }, () => name),
  } as Comparison;
};

const NOTHING_RED: Gate = {
  exit: 0,
  why: 'nothing is worse than the base',
  red: [],
  allowed: [],
  undecided: [],
  refuted: [],
  unjudgeable: [],
};

const compared = (comparison: Comparison): string =>
  compareMarkdown(comparison, { gate: NOTHING_RED, isGated: false, run: exampleRun().run });

test('a comparison stays below 60,000 characters and counts the rows that it leaves out', () => {
  const text = compared(comparisonOf(2_000, HOSTILE.repeat(5)));
  assert.ok(text.length < 60_000, String(text.length));
  assert.match(text, /\n1990 more notices\.\n/);
  assert.match(text, /\| in mount, harness: one fewer call0/, 'notices do not push the rows out');
});

test('rows beyond the length are left out from the end, and counted', () => {
  const rows = Array.from({ length: 5_000 }, (_, index) => [`row ${index}`.padEnd(20, 'x')]);
  const columns = [textColumn('name')];
  const text = markdownOf(
    ['a'],
    [
      { title: 't', columns, rows },
      { title: 'u', columns, rows, isFolded: true },
    ],
  );
  assert.ok(text.length < 60_000, String(text.length));
  const shown = text.split('\n').filter((line) => /^\| row/.test(line)).length;
  assert.match(text, new RegExp(`\\n${grouped(10_000 - shown)} rows were left out for length\\.\\n$`));
  assert.equal(text.match(/<details>/g)!.length, text.match(/<\/details>/g)!.length);
  assert.equal(text.indexOf('<details>') > text.indexOf('row 14x'), true);
  assert.equal(text.indexOf('<details>') < text.indexOf('row 15x'), true);
});

test('a table without rows has no heading', () => {
  assert.equal(markdownOf(['a'], [{ title: 't', columns: [], rows: [] }]), 'a\n');
});

test('rows with too few values are not called undecided', () => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'], blocks: 3 });
  assert.match(
    runMarkdown(viewOf(run, samples)),
    /^Of (\d+) rows of other backends against erofs-overlay: \1 with too few values \(rows overlap: [^)]+\)\. /m,
  );
});

test('the number that decided a claim says what it counts', () => {
  const text = runMarkdown(claimsViewOf([claimOf('C1', decided('supported', 2.5))]));
  assert.match(text, /^\| C1 \| supported \| .* \| ratio of walk-warm: 2\.50 \(2\.48\.\.2\.53\) \|$/m);
});

test('an undecided claim says what would decide it', () => {
  const judge = () =>
    ({ verdict: 'undecided', because: 'too few blocks', wouldDecide: 'more blocks', figures: [] }) as const;
  const text = runMarkdown(claimsViewOf([claimOf('C1', judge), claimOf('C2', decided('supported', 2.5))]));
  assert.match(text, /^\| C1 \| undecided \| .* \| too few blocks; would decide: more blocks \|$/m);
  assert.equal(text.match(/would decide/g)!.length, 1);
});

test('the finding comes first, the number of rows of each verdict after it', () => {
  const { run, samples } = exampleRun();
  assert.match(
    runMarkdown(viewOf(run, samples)),
    /^## cfsbench: .*\n\n(?:- .*\n)+\nOf \d+ rows of other backends against erofs-overlay: /,
  );
});

test('an alert is not cut in the middle, and failures, warnings and notes have a table', () => {
  const { run, samples } = exampleRun();
  const long = `mount: EIO: ${'x '.repeat(145)}end`;
  const [first, ...others] = samples;
  const failed = { ...first!, outcome: 'failed', phase: 'mount', code: 'EIO', message: long } as Sample;
  const noted = others.map((sample, at) => (at === 0 ? { ...sample, notes: ['a note'] } : sample));
  const text = runMarkdown(viewOf({ ...run, warnings: ['a warning', 'noise: loud'] }, [failed, ...noted]));
  assert.match(text, /^\*\*Failed: churn.*end.*\*\*$/m);
  assert.match(text, /<summary>1 failure, 1 warning and 1 note<\/summary>/);
  assert.match(text, /^\| failed \| churn, .* \| mount: EIO: .*end \(time pass, block 0\) \|$/m);
  assert.match(text, /^\| warning \| {2}\| a warning \|$/m);
  assert.match(text, /^\| note \| {2}\| a note \(1 sample\) \|$/m);
  assert.doesNotMatch(runMarkdown(viewOf(run, samples)), /1 warning|1 note/);
});

test('parts that had no time are listed with their state, and not called unmeasured', () => {
  const { run, samples } = exampleRun();
  const group = { kind: 'group', scenario: 'walk-cold', params: {}, image: 'debian-12-base' } as const;
  const dropped = [{ ...group, passes: 1, blocks: 0, neededBlocks: 8, neededNs: 9e9, leftNs: 2e9 }];
  const text = runMarkdown(viewOf({ ...run, skipped: [], plan: { ...run.plan, dropped } }, samples));
  assert.match(text, /Not measured, or not completely: 1\b/);
  assert.match(
    text,
    /^\| walk-cold on debian-12-base \(counted once, not timed\) \| no time in the budget \|$/m,
  );
});
