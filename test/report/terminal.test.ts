import assert from 'node:assert/strict';
import { test } from 'node:test';
import { terminalOf } from '../../report/terminal.ts';
import { exampleRun } from './support/example.ts';
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

test('at 80 columns two arms are side by side, without their medians', () => {
  const mount = terminalOf(view, { columns: 80 })
    .split('\n')
    .filter((line) => /^ +mount /.test(line));
  assert.equal(mount.length, 2, 'one per parameters of churn');
  for (const line of mount)
    assert.match(line, /^ +mount +\d+ us +[\d.]+ +\([\d.]+\) slow +0\.\d+ +\(0\.[\d.]+\) fast +(0|1)\.\d+$/);
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

test('every image and all images combined are shown on request', () => {
  const text = terminalOf(view, { allImages: true });
  assert.match(text, /^debian-12-python \(15664 entries\), 8 blocks$/m);
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
  assert.match(text, /system calls \| per entry/);
  assert.match(text, /^unpacked-overlay +\| +[\d,]+ \| +\d/m);
});

test('problems are below the table, and the finding is last', () => {
  const proofs = run.proofs.map((proof, index) => (index === 0 ? { ...proof, equal: false } : proof));
  const text = terminalOf(viewOf({ ...run, proofs, status: 'interrupted' }, samples));
  assert.match(
    text,
    /\n\nThe run did not complete: interrupted\. The rows [^.]+\.\n1 mount did not show the image's tree\.\n\n(.+\n)+Of all \d+ headline times, .*\n(.+\n)+$/,
  );
  assert.doesNotMatch(terminalOf(view), /did not/);
});
