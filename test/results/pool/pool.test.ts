import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from '../../../harness/cli/run-command.ts';
import type { UserError } from '../../../harness/model/errors.ts';
import { viewOf } from '../../../report/load.ts';
import { mailOf } from '../../../report/mail/mail.ts';
import { runMarkdown } from '../../../report/markdown/run.ts';
import { htmlOf } from '../../../report/render.ts';
import { terminalOf } from '../../../report/terminal.ts';
import type { ResultsError } from '../../../results/errors.ts';
import { pieces } from '../../../results/exports/json.ts';
import type { RunSummary } from '../../../results/exports/summary.ts';
import { droppedText } from '../../../results/not-measured.ts';
import { poolCsv } from '../../../results/pool/csv.ts';
import { judgedIn } from '../../../results/pool/pool-run.ts';
import type { RunFile } from '../../../results/schema/run.ts';
import { made } from '../../report/claims/journal.ts';
import { exampleRun } from '../../report/support/example.ts';
import { loadView } from '../../report/support/load-view.ts';
import { pooled, type StoredRun, withFolders } from './stored-runs.ts';

const IMAGES = ['debian-12-base'];
const one = (seed: number, change: (run: StoredRun) => StoredRun = (run) => run): StoredRun => {
  const { run, samples } = exampleRun({ seed, images: IMAGES });
  const plan = { ...run.plan, seed: String(seed) };
  return change({ run: { ...run, id: `2026-01-15-example-${seed}`, plan }, samples });
};
const FIVE = [1, 2, 3, 4, 5].map((seed) => one(seed));

const withRun = (change: (run: RunFile) => Partial<RunFile>): StoredRun =>
  one(9, ({ run, samples }) => ({ run: { ...run, ...change(run) }, samples }));

const refusal = async (other: StoredRun): Promise<readonly string[]> => {
  try {
    await pooled([FIVE[0]!, other]);
  } catch (error) {
    return [(error as Error).message, ...(error as ResultsError).facts];
  }
  return [];
};

test('runs of different plans are refused, and the error names the differences', async () => {
  const wrong: readonly (readonly [fact: RegExp, change: (run: RunFile) => Partial<RunFile>])[] = [
    [/^profile: default and quick$/, ({ plan }) => ({ plan: { ...plan, profile: 'quick' } })],
    [/^arms: /, ({ plan }) => ({ plan: { ...plan, arms: plan.arms.slice(1) } })],
    [/^baseline: /, ({ plan }) => ({ plan: { ...plan, baseline: 'composefs-fuse' } })],
    [
      /^cfsbench: .* and 0\.1\.0 \(unknown commit\)$/,
      ({ cfsbench }) => ({ cfsbench: { ...cfsbench, commit: null } }),
    ],
    [
      /^image debian-12-base: b{16} and f{16}$/,
      ({ images }) => ({ images: images.map((image) => ({ ...image, manifestDigest: 'f'.repeat(64) })) }),
    ],
    [
      /^scenario churn: \[store=empty; store=full\] and \[store=full\]$/,
      ({ plan }) => ({
        plan: { ...plan, slots: plan.slots.filter(({ params }) => params['store'] !== 'empty') },
      }),
    ],
    [
      /^scenario walk-cold: \[\] and not planned$/,
      ({ plan }) => ({
        plan: { ...plan, slots: plan.slots.filter(({ scenario }) => scenario !== 'walk-cold') },
      }),
    ],
    [/^--lives: absent and 3$/, () => ({ asked: { cwd: '/', options: { lives: 3 } } })],
    [/^--count-passes: absent and 5$/, () => ({ asked: { cwd: '/', options: { countPasses: 5 } } })],
  ];
  for (const [fact, change] of wrong) {
    const [message = '', ...facts] = await refusal(withRun(change));
    assert.match(message, /^runs have different plans: 2026-01-15-example-1 and 2026-01-15-example-9$/);
    assert.equal(facts.length, 1, facts.join('; '));
    assert.match(facts[0]!, fact);
  }
});

test('seeds, folders, budgets and what a run dropped for lack of time may differ', async () => {
  const asked = { cwd: '/', options: { seed: 'x', out: '/y', budget: 3, work: '/z' } };
  assert.deepEqual(await refusal(withRun(() => ({ asked }))), []);
  const shorter = withRun(({ plan }) => ({
    plan: {
      ...plan,
      slots: plan.slots.filter(({ scenario }) => scenario !== 'walk-cold'),
      dropped: [{ kind: 'text' as const, scenario: 'walk-cold', text: 'scenario walk-cold: no time for it' }],
    },
  }));
  assert.deepEqual(await refusal(shorter), []);
});

test('the options that the resumption of a pool adds to the runs that it starts may differ', async () => {
  const refused = await runCommand('')
    .parseAsync(['--resume', '/none/run', '--strict'], { from: 'user' })
    .catch((error: unknown) => error as UserError);
  const [, taken] = (refused as UserError).facts;
  const names = (taken ?? '')
    .replace(/^taken with --resume: --/, '')
    .split(', --')
    .map((name) => name.replace(/-./g, ([, letter]) => letter!.toUpperCase()));
  assert.ok(names.includes('keepWork'), names.join(' '));
  for (const name of names)
    assert.deepEqual(await refusal(withRun(() => ({ asked: { options: { [name]: true } } }))), [], name);
});

test('a group that some runs had no time for is listed once, with the number of these runs', async () => {
  const group = { kind: 'group', scenario: 'walk-cold', params: {}, image: IMAGES[0]! } as const;
  const needed = { neededBlocks: 8, neededNs: 9e9 } as const;
  const without = (seed: number, blocks: number): StoredRun =>
    one(seed, ({ run, samples }) => ({
      run: {
        ...run,
        plan: {
          ...run.plan,
          dropped: [{ ...group, ...needed, passes: 3, blocks, leftNs: seed * 1e9 }],
        },
      },
      samples: samples.filter(({ scenario, pass }) => scenario !== 'walk-cold' || pass === 'count'),
    }));
  const { run } = await pooled([FIVE[0]!, without(2, 4), without(3, 0)]);
  const of = run.plan.dropped.filter(({ kind }) => kind === 'group');
  assert.equal(of.length, 1);
  assert.match(droppedText(of[0]!), /counted in 3 passes, not timed: no time in 2 of 3 runs/);
});

test('runs of machines of one kind are refused if only some have the host name, which may be one machine', async () => {
  const named = (change: Partial<RunFile> = {}): StoredRun =>
    withRun(() => ({ host: 'rack-1', asked: { options: { publishHost: true } }, ...change }));
  const [message = '', ...facts] = await refusal(named());
  assert.match(message, /^one machine of the pool may have two names/);
  assert.match(facts[0]!, /^2026-01-15-example-9: rack-1, its host name/);
  assert.match(facts[1]!, /^2026-01-15-example-1: example, a label/);
  const { environment } = FIVE[0]!.run;
  assert.deepEqual(await refusal(named({ environment: { ...environment, kernel: '6.19.0 #1' } })), []);
  const both = await pooled([named(), named({ id: 'other', host: 'rack-2' })]);
  assert.equal(both.pool.fleet!.machines.length, 2);
});

test('a run named twice is refused', async () => {
  assert.match((await refusal(FIVE[0]!))[0] ?? '', /^run named twice: 2026-01-15-example-1$/);
});

test('another kernel or tool on one machine is accepted, with a notice', async () => {
  const tar = withRun(({ environment }) => ({
    environment: { ...environment, tools: { ...environment.tools, tar: 'tar 2' } },
  }));
  const one = await pooled([FIVE[0]!, tar]);
  assert.match(one.pool.notices.join('\n'), /^the runs differ in tools\.tar: .* \| tar 2$/m);
  assert.equal(one.pool.fleet, undefined);
  const kernel = withRun(({ environment }) => ({ environment: { ...environment, kernel: '6.19.0 #1' } }));
  const two = await pooled([FIVE[0]!, kernel]);
  const said = two.pool.notices.join('\n');
  assert.match(said, /^the runs come from 2 machines: example, Linux 6\.18\.0, example, Linux 6\.19\.0$/m);
  assert.match(terminalOf(viewOf(two)), /The runs come from 2 machines: example, Linux 6\.18\.0/);
});

test('counts that are constant in each run but differ between runs are listed', async () => {
  const more = one(9, ({ run, samples }) => ({
    run,
    samples: samples.map((sample) =>
      sample.outcome === 'ok' &&
      sample.pass === 'count' &&
      sample.arm === 'unpacked-overlay' &&
      sample.scenario === 'churn'
        ? {
            ...sample,
            values: { ...sample.values, createdFileCount: sample.values['createdFileCount']! + 1 },
          }
        : sample,
    ),
  }));
  assert.deepEqual(viewOf(await pooled(FIVE)).warnings, []);
  const { warnings } = viewOf(await pooled([...FIVE, more]));
  assert.equal(warnings.length, 2, 'one for each parameter of churn');
  for (const line of warnings)
    assert.match(
      line,
      /^churn store=(empty|full) debian-12-base unpacked-overlay: createdFileCount varies between passes of the runs: 7734 to 7735$/,
    );
});

test('the order in which runs are named changes no byte of any format', async () => {
  const texts = async (runs: readonly StoredRun[]): Promise<readonly string[]> => {
    const view = viewOf(await pooled(runs));
    return [terminalOf(view), mailOf(view), runMarkdown(view)].map((text) =>
      text.replace(/cfsbench-pool-\w+\/\d/g, ''),
    );
  };
  const at = (hour: number): StoredRun =>
    withRun(({ id }) => ({ id: `${id}-${hour}`, startedAt: `2026-01-15T${hour}:00:00.000Z` }));
  const runs = [at(10), at(11), at(12)].map(({ run }, i) => ({ run, samples: FIVE[i]!.samples }));
  assert.deepEqual(await texts([...runs].reverse()), await texts(runs));
});

test('every format states the number of runs and the spread between them', async () => {
  const view = viewOf(await pooled(FIVE));
  const texts = [terminalOf(view), mailOf(view, { long: true }), runMarkdown(view), htmlOf(view)];
  assert.match(mailOf(view), /5 runs, pooled/);
  for (const text of texts) {
    assert.match(text, /Pooled over 5 runs/);
    // The table of a mail is too narrow for it beside the times.
    if (text !== texts[1]) assert.match(text, /run sd \d+\.\d %/);
    assert.doesNotMatch(text, /Evidence needs 5 runs/);
    assert.doesNotMatch(text, /This is one run: another run/);
  }
  assert.match(texts[0]!, /^Pooled over 5 runs/);
  const few = terminalOf(viewOf(await pooled(FIVE.slice(0, 3))));
  assert.match(few, /^Pooled over 3 runs.*\n.*Evidence needs 5 runs\.\n/);
  const single = await withFolders([FIVE[0]!], ([folder]) => loadView(folder!));
  for (const text of [
    terminalOf(single),
    mailOf(single, { long: true }),
    runMarkdown(single),
    htmlOf(single),
  ])
    assert.match(
      text.replaceAll(/\s+/g, ' '),
      /This is one run: another run of the same plan may differ by more than these intervals/,
    );
});

test('a pooled table fits 80 and 60 columns', async () => {
  const view = viewOf(await pooled(FIVE));
  for (const columns of [80, 60])
    for (const line of terminalOf(view, { columns }).split('\n'))
      assert.ok(line.length <= columns, `${columns}: ${line}`);
});

test('where both are too wide, a pooled table keeps the medians and not the spread between runs', async () => {
  const mounts = terminalOf(viewOf(await pooled(FIVE)), { columns: 70 })
    .split('\n')
    .filter((line) => /^ +mount +\d/.test(line));
  assert.ok(mounts.length > 0);
  for (const line of mounts) {
    assert.match(line, /^ +mount +[\d.]+ us +[\d.]+ [mu]s +[\d.]+ +\(/);
    assert.doesNotMatch(line, /run sd/);
  }
});

test('noise of some of the runs says of how many', () => {
  const noisy = (text: string): RunFile => made({ groups: [], noise: text }).run;
  const quiet = made({ groups: [] }).run;
  const textsOf = (...runs: readonly RunFile[]): readonly string[] => judgedIn(runs).map(({ text }) => text);
  assert.deepEqual(textsOf(quiet, noisy('others compile')), ['others compile (in 1 of 2 runs)']);
  assert.deepEqual(textsOf(noisy('9 % busy'), noisy('8 % busy')), ['9 % busy']);
  assert.deepEqual(textsOf(quiet, quiet), []);
  const one = noisy('no journal');
  const judged = one.conditions!.judged.map((each) => ({ ...each, severity: 'note' as const }));
  const noted: RunFile = { ...one, conditions: { ...one.conditions!, judged } };
  assert.deepEqual(textsOf(quiet, noted), ['no journal'], 'it is a property of the machine');
});

test('claims use the interval over runs', async () => {
  const large = FIVE.map(({ run, samples }) => ({
    run: { ...run, images: run.images.map((image) => ({ ...image, entryCount: 64_000 })) },
    samples,
  }));
  const view = viewOf(await pooled(large));
  const figures = view.claims.flatMap(({ figures: numbers }) => numbers);
  const intervals = figures.flatMap(({ interval }) => (interval === null ? [] : [interval]));
  assert.ok(intervals.length > 0);
  for (const interval of intervals)
    assert.ok(interval.kind === 'tooFew' ? interval.of === 'runs' : interval.runs?.count === 5);
});

test('JSON and CSV have the runs, and their intervals', async () => {
  const found = await pooled(FIVE, 'five');
  let text = '';
  for (const piece of pieces(found)) text += piece;
  const summary = JSON.parse(text) as RunSummary;
  assert.equal(summary.id, 'five');
  assert.deepEqual(
    summary.pool!.runs.map(({ seed }) => seed),
    ['1', '2', '3', '4', '5'],
  );
  const mounts = summary.series.filter(({ metric }) => metric === 'mountWallNs');
  assert.ok(mounts.every(({ interval }) => interval.kind === 'interval' && interval.runs?.count === 5));
  const [head = '', ...rows] = [...poolCsv(found)].join('').trim().split('\n');
  assert.match(
    head,
    /^scenario,params,image,metric,arm,.*,ratio,ratioLo,ratioHi,runSdRatio,verdict,machine,machineSdRatio,toOthersRatio,p,disagrees$/,
  );
  const mount = rows.find((row) => row.includes('store=empty,debian-12-base,mountWallNs,composefs-fuse'))!;
  assert.match(mount, /,40,\d+(\.\d+)?,5,9\.\d+,9\.\d+,10\.\d+,[\d.e-]+,slower,,,,,$/);
});
