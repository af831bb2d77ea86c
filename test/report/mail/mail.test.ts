import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { claims } from '../../../report/claims/registry.ts';
import { byText } from '../../../report/claims/words.ts';
import { commandLines, mailable } from '../../../report/mail/lines.ts';
import { mailOf } from '../../../report/mail/mail.ts';
import { asciiText } from '../../../report/text.ts';
import type { ReportView } from '../../../report/view.ts';
import type { RunFile, Sample } from '../../../results/schema/run.ts';
import { shellLine } from '../../../results/shell-line.ts';
import { claimOf, viewOf as claimsView, decided } from '../claims/claim-views.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';

const { run, samples } = exampleRun();

const faults = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter(
      (line) =>
        line.length > 75 || /[^\x20-\x7e]/.test(line) || / $/.test(line) || /^(From |>|\.$|-- ?$)/.test(line),
    );

test('a mail is printable ASCII in 75 columns, without lines that mail programs rewrite', () => {
  const text = mailOf(viewOf(run, samples));
  assert.deepEqual(faults(text), []);
  assert.match(text, /[^\n]\n$/);
});

test('the long mail has every section, and the walks in milliseconds', () => {
  const text = mailOf(viewOf(run, samples), { long: true });
  const titles = [...text.matchAll(/^(.+)\n=+$/gm)].map(([, title]) => title);
  for (const title of ['Set-up', 'Images', 'Commands', 'Walks', 'Counts'])
    assert.ok(titles.includes(title), title);
  assert.match(text, /^debian-12-base +\| uncached\(ms\) \| +ratio$/m);
  assert.match(text, /^debian-12-base +\| cached\(ms\) \| +ratio$/m);
  assert.match(text, /^erofs-overlay +\| +[\d.]+ \| +1$/m);
  assert.match(text, /^unpacked-overlay +\| +[\d.]+ \| 1\.\d\d \(\d\.\d\d\.\.\d\.\d\d\)$/m);
  assert.match(text, /cgroup v2 memory controller/);
});

/** As a shell reads the command that the lines are. */
const wordsIn = (lines: readonly string[]): readonly string[] => {
  const script = `cfsbench() { printf '%s\\0' "$@"; }\n${lines.join('\n')}\n`;
  const { stdout, status } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  assert.equal(status, 0, script);
  return stdout.split('\0').slice(0, -1);
};

test('a mailed command is the command, however long its words are', () => {
  const path = `/srv/${'a-long-folder/'.repeat(20)}`;
  const long = [path, `${path} with 'quotes' and $(id) ${path}`, `${"'".repeat(90)}\\${'"'.repeat(90)}`];
  const words = ['run', '--images', ...long, '--seed', '7'];
  const lines = mailable(commandLines(['cfsbench', ...words].map((word) => shellLine([word]))));
  assert.deepEqual(faults(lines.join('\n')), []);
  assert.deepEqual(wordsIn(lines), words);
  for (const end of ['.', '--']) {
    const last = `${'y'.repeat(130)}${end}`;
    assert.deepEqual(wordsIn(mailable(commandLines(['cfsbench', last]))), [last]);
  }
  const commandLine = ['cfsbench', ...words, '--work', `${path}\u2019s \u202e`];
  const mail = mailOf(viewOf({ ...run, commandLine }, samples));
  assert.deepEqual(faults(mail), []);
  const command = /^ {2}cfsbench run(.*\\\n)*.*$/m.exec(mail)![0];
  assert.deepEqual(wordsIn([command]), [...words, '--work', `${path}'s \\u{202e}`]);
});

test('commands are listed for measured scenarios only, in the short and in the long mail', () => {
  const view = viewOf(
    run,
    samples.filter(({ scenario }) => scenario === 'walk-cold'),
  );
  for (const long of [false, true]) {
    const text = mailOf(view, { long });
    assert.match(text, /^ {2}walk-cold: sync; /m);
    assert.doesNotMatch(text, /^ {2}(churn|walk-warm): /m);
  }
});

/** Two lines each of text, number and source. */
const longClaim = (number: number) =>
  claimOf(`C${number}`, decided('supported', 2), {
    text: `${'A long sentence from the debate about file systems. '.repeat(3)}${number}`,
    by: [{ who: 'A. Author', when: '2023-01-20', where: { kind: 'message', id: `${number}@example.org` } }],
  });

test('a short mail has at most 80 lines: five claims or fewer, and three before other parts are cut', () => {
  const eight = claimsView([1, 2, 3, 4, 5, 6, 7, 8].map(longClaim));
  const linesOf = (view: ReportView): readonly string[] => mailOf(view).trimEnd().split('\n');
  const shownIn = (view: ReportView): number =>
    linesOf(view).filter((line) => /SUPPORTED: /.test(line)).length;
  assert.equal(shownIn(eight), 5);
  assert.match(mailOf(eight), /^Other claims: supported: C6, C7, C8\.$/m);
  assert.match(mailOf(eight), /Message-ID 5@example\.org/);
  const sentences = (count: number): ReportView => ({
    ...eight,
    finding: Array.from({ length: count }, () => 'x'),
  });
  const most = Array.from({ length: 60 }, (_, count) => sentences(count));
  for (const view of most.slice(0, 40)) assert.ok(linesOf(view).length <= 80, String(linesOf(view).length));
  const counts = most.map((view) => [shownIn(view), / {2}walk-warm: /.test(mailOf(view))] as const);
  assert.ok(counts.some(([shown, has]) => shown === 3 && has));
  for (const [shown, has] of counts) assert.ok(shown >= 3 || !has, `${shown} claims`);
});

test('the mail of a pool names its runs, and has at most 100 lines', () => {
  const runs = [1, 2, 3, 4, 5, 6, 7].map((number) => ({
    id: `run-${number}`,
    startedAt: run.startedAt,
    seed: `7-${number}`,
    commandLine: ['cfsbench', 'run', '--seed', `7-${number}`],
  }));
  const long = claimsView([1, 2, 3, 4, 5, 6, 7, 8].map(longClaim));
  const judged = [{ id: 'no-journal', severity: 'note', text: 'no journal', hint: '' }] as const;
  const view = { ...long, caveats: judged, pool: { runs, notices: [], judged } };
  const text = mailOf({ ...view, finding: Array.from({ length: 45 }, () => 'x') });
  assert.ok(text.trimEnd().split('\n').length <= 100);
  assert.ok(text.trimEnd().split('\n').length > 80);
  assert.match(text, /7 runs, pooled/);
  assert.match(text, /^ {2}the first of 7 runs:\n {2}cfsbench run --seed 7-1$/m);
  assert.match(text, /^disk: +ext4 without a journal$/m);
});

test('the mail of a pool has the command that made its runs, and the one that reports them', () => {
  const commandsIn = (runs: readonly (readonly string[])[]): string => {
    const all = runs.map((words, at) => ({
      id: `run-${at + 1}`,
      startedAt: run.startedAt,
      seed: String(at),
      commandLine: ['cfsbench', 'run', ...words],
    }));
    return mailOf({ ...viewOf(run, samples), pool: { runs: all, notices: [], judged: [] } });
  };
  const child = (number: number): readonly string[] => [
    ...['--profile', 'quick', '--budget', '30.000s', '--runs', '1'],
    ...['--seed', `1-2-${number}`, '--out', String(number)],
  ];
  const made = commandsIn([child(1), child(2), child(3)]);
  assert.match(made, /^ {2}cfsbench run --profile quick --budget 90s --seed 1-2 --runs 3$/m);
  assert.match(made, /^ {2}cfsbench pool RUN\.\.\. --format mail --long$/m);
  const gathered = commandsIn([child(1), ['--profile', 'quick', '--seed', '8']]);
  assert.match(gathered, /^ {2}the first of 2 runs:\n {2}cfsbench run --profile quick .*--seed 1-2-1$/m);
  assert.doesNotMatch(gathered, /--out/);
  assert.doesNotMatch(made, /the first of/);
  assert.doesNotMatch(gathered, /--runs 2/);
});

test('the long mail has failures in full, warnings and notes', () => {
  const long = `mount: EIO: ${'x '.repeat(300)}end`;
  const [first, ...others] = samples;
  const failed = { ...first!, outcome: 'failed', phase: 'mount', code: 'EIO', message: long } as Sample;
  const noted = others.map((sample, at) => (at === 0 ? { ...sample, notes: ['a note'] } : sample));
  const view = viewOf({ ...run, status: 'interrupted', warnings: ['a warning', 'noise: loud'] }, [
    failed,
    ...noted,
  ]);
  const text = mailOf(view, { long: true }).replaceAll(/\s+/g, ' ');
  assert.match(text, / - failed: churn, [^:]*: mount: EIO: mount: EIO: (x ){300}end \(time pass, block 0\) /);
  assert.match(text, / - warning: a warning /);
  assert.match(text, / - note: a note \(1 sample\)/);
  assert.equal(text.match(/loud/g)!.length, 1);
  assert.match(text, / - The run did not complete: interrupted\. /);
  assert.doesNotMatch(text, /warning: the run is not complete/);
});

test('walks with parameters have tables of their own', () => {
  const more = samples.flatMap((sample) =>
    sample.scenario === 'walk-cold' ? [sample, { ...sample, params: { placement: 'same-cpu' } }] : [sample],
  );
  const text = mailOf(viewOf(run, more), { long: true });
  for (const head of ['debian-12-base', 'debian-12-base, placement=same-cpu'])
    assert.match(text, new RegExp(`^${head} +\\| uncached\\(ms\\) \\| +ratio$`, 'm'));
  const placed = mailOf(
    viewOf(
      run,
      more.filter(({ scenario, params }) => scenario !== 'walk-cold' || 'placement' in params),
    ),
    { long: true },
  );
  assert.doesNotMatch(placed, /^debian-12-base +\| uncached/m);
});

test('a mail names what had no time, and calls only a run without such groups complete', () => {
  const textOf = (dropped: RunFile['plan']['dropped']): string =>
    mailOf(viewOf({ ...run, plan: { ...run.plan, dropped } }, samples)).replaceAll(/\s+/g, ' ');
  const whole = textOf([]);
  assert.match(whole, /, as root, complete; cfsbench /);
  assert.doesNotMatch(whole, /No time for/);
  const group = { kind: 'group', scenario: 'walk-cold', params: {}, image: 'debian-12-base' } as const;
  const cut = textOf([{ ...group, passes: 3, blocks: 3, neededBlocks: 8, neededNs: 9e9, leftNs: 2e9 }]);
  assert.match(cut, /, as root, ended within its budget; cfsbench /);
  assert.match(
    cut,
    / No time for: walk-cold on debian-12-base \(3 of 8 blocks\)\. A longer --budget measures them\. /,
  );
  for (const text of [whole, cut])
    assert.match(
      text,
      /== Results == This is one run: another run of the same plan may differ by more than these intervals \(several runs: cfsbench run --profile default --runs 5\)\. /,
    );
});

test('the command of a mail repeats the run: with its seed, without its folder', () => {
  const textOf = (...words: readonly string[]): string =>
    mailOf(viewOf({ ...run, commandLine: ['cfsbench', ...words] }, samples));
  const given = ['run', '--profile', 'quick', '--out', 'somewhere', '--blocks', '8'];
  assert.match(textOf(...given), /^ {2}cfsbench run --profile quick --blocks 8 --seed 7$/m);
  assert.match(textOf('run', '--seed', '9', '--out', 'somewhere'), /^ {2}cfsbench run --seed 9$/m);
  assert.match(textOf('run', '--seed=9', '--out=somewhere'), /^ {2}cfsbench run --seed=9$/m);
  assert.match(textOf(), /^ {2}cfsbench --seed 7$/m, 'the default command');
  assert.match(textOf(), /^ {2}cfsbench report RUN --format mail --long$/m);
});

test('a warning of the kernel log is a line of its own, and no load', () => {
  const caveats = [{ id: 'kernel', severity: 'noise', text: 'kernel warning: BUG', hint: '' }] as const;
  const text = mailOf({ ...viewOf(run, samples), caveats });
  assert.match(text, /^kernel log: kernel warning: BUG$/m);
  assert.match(text, /^load: .*; no other load was noticed$/m);
  assert.doesNotMatch(mailOf(viewOf(run, samples)), /kernel log/);
});

test('the same run gives the same mail', () => {
  assert.equal(mailOf(viewOf(run, samples)), mailOf(viewOf(run, samples)));
});

for (const name of [
  'From the start',
  '> quoted',
  '.',
  '-- ',
  'tab\tand\nFrom a new line',
  `\u001b[31m\u202e${'\u00e9'.repeat(200)}`,
  'x'.repeat(500),
  `${'a '.repeat(100)}From here`,
])
  test(`a mail survives the name ${JSON.stringify(name.slice(0, 20))}`, () => {
    const hostile = exampleRun({ images: [name], blocks: 8, countPasses: 1 });
    const skipped = [{ kind: 'image' as const, image: name, need: name, reason: name }];
    const warnings = [`noise: ${name}`, name];
    const view = viewOf(
      {
        ...hostile.run,
        skipped,
        warnings,
        host: name,
        commandLine: [...hostile.run.commandLine, name],
        plan: { ...hostile.run.plan, dropped: [{ kind: 'text' as const, text: name }] },
        environment: { ...hostile.run.environment, kernel: name, cpuModel: name, tools: { [name]: name } },
      },
      hostile.samples,
    );
    assert.deepEqual(faults(mailOf({ ...view, finding: [name] })), []);
  });

test('claims have no character that a mail escapes', () => {
  for (const { id, text, rule, objection, answer, by } of claims)
    for (const words of [text, rule, objection, answer, byText(by)])
      assert.doesNotMatch(asciiText(words), /\\u\{/, id);
});
