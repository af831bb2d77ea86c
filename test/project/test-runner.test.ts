// The tests' own runner, on files that are made here: groups beside each other, one alone, one summary.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EMPTYING_CACHES, groupsOf, SIDE_BY_SIDE, WITHOUT_RUNS } from '../groups.ts';
import { root, sourcesIn } from './sources.ts';

const PASSES = "import { test } from 'node:test'; test('passes', () => {});\n";
const FAILS = "import { test } from 'node:test'; test('fails', () => { throw new Error('as it must'); });\n";
const SAYS = "import { test } from 'node:test'; test('says', (t) => t.diagnostic('seven things'));\n";
const ENDS = "import 'node:no-such-module';\n";
/** Ends well only while the other one of its kind runs too. */
const MEETS = (own: string, other: string): string => `import { existsSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
test('meets', async () => {
  writeFileSync('${own}', '');
  for (let i = 0; !existsSync('${other}'); i++) { if (i > 1000) throw new Error('alone'); await sleep(10); }
});
`;

const short = (text: string): string => text.replace('1000', '20');

interface Said {
  readonly status: number | null;
  readonly out: string;
  /** Its last lines, by name. */
  readonly summary: Readonly<Record<string, number>>;
}

const runner = (t: TestContext, files: Readonly<Record<string, string>>, ...args: string[]): Said => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-runner-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  for (const name of ['main.js', 'groups.js', 'merged.js'])
    copyFileSync(join(root, 'build/test', name), join(folder, name));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text.replaceAll('HERE', folder));
  }
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, [join(folder, 'main.js'), ...args], {
    encoding: 'utf8',
    env,
  });
  const lines = [...stdout.matchAll(/^ℹ (\w+) ([\d.]+)$/gm)];
  return { status, out: stdout, summary: Object.fromEntries(lines.map(([, name, n]) => [name!, Number(n)])) };
};

const GROUPED = 'results/a.test.js';
const BEGINS_RUNS = 'end-to-end/gate.test.js';
const EMPTYING = 'end-to-end/walks.test.js';
const ALONE = 'other/b.test.js';

test('all groups are counted in one summary, and what a test says stands before it', (t) => {
  const { status, out, summary } = runner(t, {
    [GROUPED]: SAYS,
    'results/c.test.js': PASSES,
    [EMPTYING]: PASSES,
    [ALONE]: PASSES,
  });
  assert.equal(status, 0, out);
  assert.equal(out.match(/^ℹ tests /gm)?.length, 1);
  assert.deepEqual([summary['tests'], summary['pass'], summary['fail']], [4, 4, 0]);
  assert.match(out, /ℹ seven things\n[\s\S]*ℹ pass 4\n/);
});

for (const [where, files] of [
  ['beside others', { [GROUPED]: FAILS, [ALONE]: PASSES }],
  ['while it empties the caches', { [EMPTYING]: FAILS, [ALONE]: PASSES }],
  ['alone', { [GROUPED]: PASSES, [ALONE]: FAILS }],
  ['before it has a test', { [GROUPED]: ENDS, [ALONE]: PASSES }],
] as const)
  test(`what fails ${where} fails the whole, and is shown below the summary`, (t) => {
    const { status, out, summary } = runner(t, files);
    assert.equal(status, 1, out);
    assert.deepEqual([summary['tests'], summary['pass'], summary['fail']], [2, 1, 1]);
    assert.match(out.slice(out.indexOf('ℹ fail')), /failing tests:[\s\S]*(as it must|a\.test\.js)/);
  });

test('files of the first group run beside each other where there are CPUs, those of the second never', (t) => {
  const [one, two] = [MEETS('HERE/one', 'HERE/two'), MEETS('HERE/two', 'HERE/one')];
  const met = runner(t, { [GROUPED]: one, 'results/c.test.js': two }, '--test-concurrency=2');
  assert.equal(met.status, 0, met.out);
  const missed = runner(t, { [ALONE]: short(one), 'other/c.test.js': short(two) });
  assert.equal(missed.status, 1, missed.out);
  assert.equal(missed.summary['pass'], 1, 'the second finds what the first left');
});

test('a file that empties the caches runs beside those that begin runs, and never beside another one or one alone', (t) => {
  const [one, two] = [MEETS('HERE/one', 'HERE/two'), MEETS('HERE/two', 'HERE/one')];
  const met = runner(t, { [BEGINS_RUNS]: one, [EMPTYING]: two });
  assert.equal(met.status, 0, met.out);
  for (const other of ['end-to-end/sharing.test.js', ALONE]) {
    const missed = runner(t, { [EMPTYING]: short(one), [other]: short(two) });
    assert.equal(missed.status, 1, missed.out);
    assert.equal(missed.summary['pass'], 1, 'the second finds what the first left');
  }
});

test('what begins no run is not beside what begins one', (t) => {
  const [one, two] = [MEETS('HERE/one', 'HERE/two'), MEETS('HERE/two', 'HERE/one')];
  const missed = runner(t, { [GROUPED]: short(one), [BEGINS_RUNS]: short(two) });
  assert.equal(missed.status, 1, missed.out);
  assert.equal(missed.summary['pass'], 1, 'the second finds what the first left');
});

test('words and names choose, and nothing chosen is an error', (t) => {
  const files = { [GROUPED]: PASSES, [ALONE]: FAILS };
  assert.equal(runner(t, files, 'results').summary['tests'], 1);
  const named = runner(t, files, '--test-name-pattern=passes');
  assert.equal(named.status, 0, named.out);
  assert.equal(runner(t, files, 'no-such-word').status, 1);
});

test('as TAP the numbers go on from group to group, and the plan is that of all', (t) => {
  const { out } = runner(t, { [GROUPED]: PASSES, [ALONE]: PASSES }, '--test-reporter=tap');
  assert.match(out, /^ok 1 - passes$[\s\S]*^ok 2 - passes$[\s\S]*^1\.\.2$/m);
});

test('every beginning that is named for a group is one of a test file, and each file is in one group', () => {
  const paths = sourcesIn('test')
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => path.slice('test/'.length));
  for (const start of [...WITHOUT_RUNS, ...SIDE_BY_SIDE, ...EMPTYING_CACHES])
    assert.ok(
      paths.some((path) => path.startsWith(start)),
      start,
    );
  assert.deepEqual(Object.values(groupsOf(paths)).flat().sort(), [...paths].sort());
  assert.ok(existsSync(join(root, 'build/test/main.js')));
});
