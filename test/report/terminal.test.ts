import assert from 'node:assert/strict';
import { test } from 'node:test';
import { htmlOf } from '../../report/render.ts';
import { droppedSentence, terminalOf } from '../../report/terminal.ts';
import type { ReportView } from '../../report/view.ts';
import type { DroppedGroup, EndedGroup } from '../../results/schema/not-measured.ts';
import type { Sample } from '../../results/schema/run.ts';
import { exampleRun } from './support/example.ts';
import { storedView } from './support/stored-run.ts';
import { viewOf } from './support/view.ts';

const { run, samples } = exampleRun();
const view = viewOf(run, samples);

test('the table fits 80 and 75 columns in printable ASCII', () => {
  for (const columns of [80, 75]) {
    const text = terminalOf(view, { columns });
    assert.match(text, /^[\x20-\x7e\n]+$/);
    const widest = Math.max(...text.split('\n').map((line) => line.length));
    assert.ok(widest <= columns, `${widest} columns`);
  }
});

test('a row has median, ratio, interval and verdict of each arm, and the ratio of the null arm', () => {
  const mount = terminalOf(view, { columns: 100 })
    .split('\n')
    .find((line) => /^ +mount /.test(line))!;
  assert.match(
    mount,
    /^ +mount +\d+ us +1\.\d+ ms +\d+\.\d+ +\(\d+\.\d+\.\.\d+\.\d+\) slow +[\d.]+ us +0\.\d+ +\(0\.\d+\.\.0\.\d+\) fast +(0|1)\.\d+$/,
  );
});

test('at 80 columns each arm has a table of its own, with its medians', () => {
  const mount = terminalOf(view, { columns: 80 })
    .split('\n')
    .filter((line) => /^ +mount /.test(line));
  assert.equal(mount.length, 4, 'one per arm and parameters of churn');
  for (const line of mount)
    assert.match(line, /^ +mount +\d+ us +[\d.]+ [mu]s +[\d.]+ +\([\d.]+\) (slow|fast) +(0|1)\.\d+$/);
});

test('medians are left out only where an arm with them is wider than the terminal', () => {
  const stored = storedView();
  const walksAt = (columns: number): readonly string[] =>
    terminalOf(stored, { columns })
      .split('\n')
      .filter((line) => /^ +walk +\d/.test(line));
  const hasMedians = (columns: number): boolean =>
    walksAt(columns).every((line) => /^ +walk +[\d.]+ ms +[\d.]+ ms /.test(line));
  const all = Array.from({ length: 61 }, (_, more) => 60 + more);
  const narrowest = all.find(hasMedians)!;
  assert.ok(narrowest > 60, 'at 60 columns they do not fit');
  assert.deepEqual(
    all.filter((columns) => columns > narrowest && !hasMedians(columns)),
    [],
  );
  assert.equal(Math.max(...walksAt(narrowest).map((line) => line.length)), narrowest);
});

test('a narrow terminal has several tables, each with the baseline', () => {
  const text = terminalOf(view, { columns: 60 });
  assert.ok(Math.max(...text.split('\n').map((line) => line.length)) <= 60);
  assert.equal(text.split('\n').filter((line) => /^ +mount /.test(line)).length, 4);
});

test('color is used on request only, and moves no column', () => {
  const colored = terminalOf(view, { color: true });
  assert.match(colored, /\x1b\[31m/);
  const bare = colored
    .replace(/\x1b\[\d+m/g, '')
    .split('\n')
    .map((line) => line.trimEnd());
  assert.deepEqual(bare, terminalOf(view).split('\n'));
});

test('an image that had no time is named below the claims', () => {
  assert.match(terminalOf(view), /^image debian-12-nginx: 8 blocks do not fit into 90 s$/m);
});

/** A group of one scenario on an image of its own. */
const group = (number: number): DroppedGroup => ({
  kind: 'group',
  scenario: 'churn',
  params: { local: 'nothing', ingest: 'trusted' },
  image: `image-${number}`,
  passes: number === 0 ? 0 : 1,
  blocks: number === 1 ? 3 : 0,
  neededBlocks: 8,
  neededNs: 9e9,
  leftNs: 2e9,
});

/** The run without time for so many groups. */
const without = (count: number): ReportView => {
  const dropped = Array.from({ length: count }, (_, number) => group(number));
  return viewOf({ ...run, plan: { ...run.plan, dropped } }, samples);
};

test('parts that had no time are named with parameters and state, the first eight of many', () => {
  const many = without(10);
  const said = droppedSentence(many.dropped);
  const where = 'churn ingest=trusted local=nothing on';
  assert.ok(
    said.startsWith(
      `No time for: ${where} image-0 (not measured); ${where} image-1 (3 of 8 blocks); ${where} image-2 (counted once, not timed); `,
    ),
    said,
  );
  assert.match(
    said,
    / on image-7 \(counted once, not timed\); and 2 more\. A longer --budget measures them\.$/,
  );
  assert.ok(terminalOf(many, { columns: 2000 }).includes(`\n${said}\n`));
  assert.doesNotMatch(droppedSentence(without(8).dropped), /more\. A longer/);
  assert.equal(droppedSentence([]), '');
  assert.match(
    terminalOf(without(3), { columns: 2000 }),
    /^churn .* on image-2: counted in 1 pass, not timed: no time \(2 s were left; with all that ranks higher it needed 9 s\)$/m,
  );
});

test('groups that the budget ended before every row was decided are named', () => {
  const textOf = (why: EndedGroup['why']): string => {
    const ended = [{ scenario: 'walk-cold', params: {}, image: 'debian-12-base', blocks: 8, why }];
    return terminalOf(viewOf({ ...run, plan: { ...run.plan, ended } }, samples), { columns: 200 });
  };
  assert.match(
    textOf('budget'),
    /^The budget ended groups before every row was decided: on debian-12-base after 8 blocks walk-cold\.$/m,
  );
  for (const why of ['decided', 'enough'] as const) assert.doesNotMatch(textOf(why), /The budget ended/);
});

test('every image and all images combined are shown on request', () => {
  const text = terminalOf(view, { allImages: true });
  assert.match(text, /^debian-12-python \(15,664 entries\), 8 blocks$/m);
  assert.match(text, /^all images: per block, the median of their ratios$/m);
});

test('hostile names cannot reach the terminal as control characters', () => {
  const name = '\u001b]0;owned\u0007\u202e\u00e9';
  const hostile = exampleRun({ images: [name], blocks: 1, countPasses: 0 });
  const text = terminalOf(viewOf(hostile.run, hostile.samples));
  assert.match(text, /^[\x20-\x7e\n]+$/);
  assert.match(text, /u\{1b\}\]0;owned/);
});

test('fewer than eight blocks give no ratio', () => {
  const few = exampleRun({ blocks: 7, countPasses: 0 });
  const walk = terminalOf(viewOf(few.run, few.samples))
    .split('\n')
    .find((line) => /^ +walk /.test(line))!;
  assert.doesNotMatch(walk, /x/);
  assert.match(walk, /few/);
});

test('a run without values prints a sentence instead of a table', () => {
  assert.match(terminalOf(viewOf(run, [])), /^Nothing was measured/m);
});

test('a run with only scenarios outside the first table shows their headline rows', () => {
  const scenarios = Object.fromEntries(
    Object.entries(run.catalogue.scenarios).map(([id, info]) => [id, { ...info, ownSection: true }]),
  );
  const text = terminalOf(viewOf({ ...run, catalogue: { ...run.catalogue, scenarios } }, samples));
  assert.match(text, /^churn, store=empty$/m);
  assert.match(text, /^ +images\/s /m);
  assert.doesNotMatch(text, /UserNs/);
});

test('a run that only counted shows its counts', () => {
  const text = terminalOf(
    viewOf(
      run,
      samples.filter(({ pass }) => pass === 'count'),
    ),
  );
  assert.match(text, /^Counted, not timed/m);
  assert.match(text, /system calls \| per entry/, 'walks have no phase of the store');
  assert.match(text, /^unpacked-overlay +\| +[\d,]+ \| +\d/m);
});

test('calls of ingest and collect are in a column of their own, and not in those per entry', () => {
  const counted = samples.filter(({ pass }) => pass === 'count');
  const text = terminalOf(viewOf(run, counted));
  assert.match(text, /^churn, store=empty.* \| create to destroy \| per entry \| ingest, collect$/m);
  // create 3, mount 17, use 18, unmount and destroy 1 each; ingest 4 per object, collect 1 per object and 257.
  assert.match(text, /^erofs-overlay +\| +40 \| +<0\.01 \| +33,357$/m);
});

test('calls of several containers are called a sum, because times are those of one', () => {
  const containers = (count: number) =>
    samples.flatMap((sample) =>
      sample.pass === 'count' && sample.scenario === 'walk-warm'
        ? [{ ...sample, scenario: 'container-churn', params: { local: 'image', containers: count } }]
        : [],
    );
  const view = viewOf(run, containers(16));
  assert.match(
    terminalOf(view, { columns: 120 }),
    /container-churn, containers=16 local=image, .* \| system calls of all 16 containers/,
  );
  assert.match(
    htmlOf(view),
    /system calls of container-churn, containers=16 local=image, sums of all 16 containers/,
  );
  assert.doesNotMatch(terminalOf(viewOf(run, containers(1)), { columns: 120 }), /containers \|/);
});

test('a warning of the kernel is said as such, beside the noise of the machine', () => {
  const warnings = ['noise: kernel warning: BUG: soft lockup', 'noise: other processes use 9 % of the CPUs'];
  const text = terminalOf(viewOf({ ...run, warnings }, samples), { columns: 200 });
  assert.match(
    text,
    /^The kernel warned during the run: BUG: soft lockup; read dmesg: the numbers may be wrong\.$/m,
  );
  assert.match(text, /^Noisy machine: other processes use 9 % of the CPUs\.$/m);
  assert.doesNotMatch(text, /Noisy machine: kernel/);
});

test('failures and warnings are counted, and the line says where they are', () => {
  const [first, ...others] = samples;
  const failed = { ...first!, outcome: 'failed', phase: 'mount', code: 'EIO', message: 'x' } as Sample;
  const noted = others.map((sample, at) => (at < 2 ? { ...sample, notes: [`note ${at}`] } : sample));
  const textOf = (warnings: readonly string[], given: readonly Sample[]): string =>
    terminalOf(viewOf({ ...run, warnings }, given), { columns: 200 });
  assert.match(
    textOf(['a', 'b', 'noise: loud'], [failed, ...noted]),
    /^1 failure and 2 warnings: see the page, or --format mail --long\.$/m,
  );
  assert.match(textOf(['a'], samples), /^1 warning: see the page/m);
  assert.doesNotMatch(textOf(['noise: loud'], noted), /see the page, or --format mail/);
});

test('problems are below the table, and the finding is last', () => {
  const proofs = run.proofs.map((proof, index) => (index === 0 ? { ...proof, equal: false } : proof));
  const text = terminalOf(viewOf({ ...run, proofs, status: 'interrupted' }, samples));
  assert.match(
    text,
    /\n\nThe run did not complete: interrupted\. The rows [^.]+\.\n1 mount did not show the image's tree\.\n1 warning: see the page, .*\n\n(.+\n)+Of the \d+ times in the page's first chart, .*\n(.+\n)+$/,
  );
  assert.doesNotMatch(terminalOf(view), /did not/);
});
