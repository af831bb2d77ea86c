import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailOf } from '../../../report/mail/mail.ts';
import { mailText } from '../../../report/mail/safe.ts';
import type { RunFile, Sample } from '../../../results/schema/run.ts';
import { HOSTILE } from '../../results/exports/support.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';

const mail = ({ run, samples }: { readonly run: RunFile; readonly samples: readonly Sample[] }): string =>
  mailOf(viewOf(run, samples));

/** Every name that comes from a run folder, longer than a line and full of what mail programs act on. */
const hostile = () => {
  const bad = `From > ${HOSTILE} ${'x'.repeat(200)}`;
  const example = exampleRun({ images: [bad] });
  const { environment } = example.run;
  return {
    ...example,
    run: {
      ...example.run,
      host: bad,
      commandLine: ['cfsbench', 'run', '--images', bad],
      environment: { ...environment, cpuModel: bad, kernel: bad, tools: { ls: bad } },
      skipped: [{ what: bad, need: bad, reason: bad }],
      warnings: ['> quoted', 'From here', '.', bad],
      plan: { ...example.run.plan, dropped: ['From the start', bad] },
    },
  };
};

const faultsOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter(
      (line) =>
        line.length > 75 || /[^\x20-\x7e]/.test(line) || /[ \t]$/.test(line) || /^(>|From |\.$)/.test(line),
    );

test('nothing that a mail program would mangle', () => {
  for (const example of [exampleRun(), hostile()]) {
    const text = mail(example);
    assert.deepEqual(faultsOf(text), []);
    assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'));
  }
});

test('lines that look like quotations, headers or the end of a mail are moved', () => {
  assert.equal(
    mailText(['> a', 'From b', '.', 'c \t', `${'y'.repeat(75)}>z`]),
    ` > a\n From b\n .\nc \\u{9}\n${'y'.repeat(75)}\n >z\n`,
  );
});

test('the sections come in the order in which a reader needs them', () => {
  const headings = [...mail(exampleRun()).matchAll(/^(.+)\n=+$/gm)].map(([, title]) => title);
  assert.deepEqual(headings, [
    'Set-up',
    'Images',
    'Backends',
    'Commands',
    'Listing everything (ls -lR), median',
    'Times and verdicts',
    'Claims on trial',
    'Counts',
    'Not measured',
  ]);
});

test('the uncached and cached table is the one of the debate, in milliseconds', () => {
  const table = /Listing everything[^\n]*\n=+\n\n((?:.+\n)+)/.exec(mail(exampleRun()))![1]!;
  const [head, rule, ...rows] = table.trimEnd().split('\n');
  assert.match(head!, /^debian-12-base +\| uncached\(ms\) \| cached\(ms\)$/);
  assert.match(rule!, /^-+\|-+\|-+$/);
  assert.deepEqual(
    rows.map((row) => row.split('|')[0]!.trim()),
    ['erofs-overlay', 'composefs-fuse', 'unpacked-overlay', 'erofs-overlay, again'],
  );
  for (const row of rows) assert.match(row, /\| +\d+(\.\d+)? \| +\d+(\.\d+)?$/);
});

test('counts are told per file of the image', () => {
  const { run, samples } = exampleRun({ images: ['one'] });
  const files = run.images[0]!.fileCount;
  const text = mail({ run, samples });
  const unlinks = /calls: collect +\| +([\d,]+) \((\d+\.\d\d)\)/.exec(text)!;
  assert.equal((Number(unlinks[1]!.replaceAll(',', '')) / files).toFixed(2), unlinks[2]);
});

test('what was not measured is said, with the reason', () => {
  const text = mail(exampleRun()).replace(/\s+/g, ' ');
  assert.match(
    text,
    /Could not take part here: - probe memory: needs cgroup v2 memory controller: not mounted/,
  );
  assert.match(text, /Dropped to fit the budget: - image debian-12-nginx: 8 blocks do not fit into 90 s/);
});

test('the command repeats the run with its seed', () => {
  assert.match(mail(exampleRun()), /^ {2}cfsbench run --profile default --seed 7$/m);
  const example = exampleRun();
  const run = { ...example.run, commandLine: ['cfsbench', 'run'] };
  assert.match(mail({ ...example, run }), /^ {2}cfsbench run --seed 7$/m);
});
