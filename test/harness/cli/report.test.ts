// `cfsbench report` on the command line: which run, which formats, where to.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { linkLatest } from '../../../harness/cli/find-run.ts';
import { PLAN_FILE } from '../../../harness/cli/pool-plan.ts';
import { openJournal } from '../../../results/journal.ts';
import type { RunFile } from '../../../results/schema/run.ts';
import { PROGRAM } from '../../end-to-end/support.ts';
import { example } from '../../results/gate/support.ts';

const root = mkdtempSync(join(tmpdir(), 'cfsbench-cli-report-'));
after(() => rmSync(root, { recursive: true }));

const cfsbench = (args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: 'utf8',
    cwd: root,
    env: { ...process.env, COLUMNS: '80', NO_COLOR: '', ...env },
  });

const given = example({ images: ['debian-12-static'], blocks: 8, countPasses: 1 });

const writeRun = (path: string, more: Partial<RunFile> = {}): string => {
  const folder = join(root, path);
  const journal = openJournal(folder);
  for (const sample of given.samples) journal.append(sample);
  journal.writeRun({ ...given.run, id: path.replaceAll('/', '-'), ...more });
  journal.close();
  return folder;
};

const at = (day: number) => ({ startedAt: `2026-01-0${day}T10:00:00.000Z` });

test('report without a run says what to type if the folder runs has none', () => {
  const { stderr, status } = cfsbench(['report']);
  assert.equal(status, 1);
  assert.match(stderr, /^cfsbench: no run in .*\/runs\n {2}try: cfsbench run, or name a run folder/);
});

test('report runs lists the runs and pools of a folder, the last one first', () => {
  writeRun('runs/first', at(1));
  writeRun('runs/last', { ...at(3), status: 'interrupted' });
  for (const number of [1, 2])
    writeRun(`runs/pool/${number}`, {
      ...at(2),
      id: `pool-${number}`,
      startedAt: `2026-01-02T1${number}:00:00.000Z`,
    });
  writeFileSync(join(root, 'runs/pool', PLAN_FILE), '{}');
  mkdirSync(join(root, 'runs/broken'));
  writeFileSync(join(root, 'runs/broken/run.json'), '{');
  const { stdout, status } = cfsbench(['report', 'runs']);
  assert.equal(status, 0);
  assert.deepEqual(
    stdout
      .split('\n')
      .slice(2, 6)
      .map((line) => line.replaceAll(/ +\| +/g, '|')),
    [
      'last  |2026-01-03 10:00 UTC|default|interrupted',
      'pool  |2026-01-02 11:00 UTC|default|pool of 2 runs',
      'first |2026-01-01 10:00 UTC|default|complete',
      'broken|-|-|cannot be read',
    ].map((line) => line.replaceAll(/ +\|/g, '|')),
  );
  const { stderr, status: refused } = cfsbench(['report', 'runs', '--format', 'mail']);
  assert.equal(refused, 1);
  assert.match(stderr, /a folder of 4 runs: runs\n {2}try: cfsbench report runs\/last --format mail/);
});

test('report without a run takes that of the link latest, else the run that began last', () => {
  const idOf = (): string => /run: +(\S+),/.exec(cfsbench(['report', '--format', 'mail']).stdout)![1]!;
  assert.equal(idOf(), 'runs-last');
  symlinkSync('first', join(root, 'runs/latest'));
  assert.equal(idOf(), 'runs-first');
  assert.equal(cfsbench(['report', 'runs']).stdout.match(/^first /gm)!.length, 1, 'the link is no run');
  rmSync(join(root, 'runs/latest'));
});

test('report pools the runs of a pool', () => {
  assert.match(cfsbench(['report', 'runs/pool']).stdout, /^Pooled over 2 runs/);
});

test('several formats are written to a folder; one goes to standard output, a file or a folder', () => {
  const run = join(root, 'runs/first');
  const both = cfsbench(['report', run, '--format', 'mail,markdown']);
  assert.equal(both.stdout, `${run}/mail.txt\n${run}/report.md\n`);
  assert.match(readFileSync(join(run, 'report.md'), 'utf8'), /^## cfsbench: runs-first/);
  const printed = cfsbench(['report', run, '--format', 'mail']).stdout;
  assert.equal(readFileSync(join(run, 'mail.txt'), 'utf8'), printed);
  const out = join(root, 'reports');
  assert.equal(
    cfsbench(['report', run, '--format', 'json,html', '--out', out]).stdout,
    `${out}/report.html\n${out}/summary.json\n`,
  );
  assert.equal(cfsbench(['report', run, '--format', 'terminal', '--out', `${out}/`]).status, 0);
  assert.match(readFileSync(join(out, 'report.txt'), 'utf8'), /^debian-12-static /);
  assert.equal(cfsbench(['report', run, '--format', 'html', '--out', join(root, 'page.html')]).status, 0);
  assert.match(readFileSync(join(root, 'page.html'), 'utf8'), /^<!doctype html>/i);
  assert.equal(existsSync(join(run, 'report.html')), false);
});

test('a file of --out has the format that its name ends like; where several do, its whole name or --format decides', () => {
  const written = (out: string, args: readonly string[] = ['report', 'runs/first']) => {
    const { status, stderr } = cfsbench([...args, '--out', out]);
    return { status, stderr, text: existsSync(join(root, out)) ? readFileSync(join(root, out), 'utf8') : '' };
  };
  assert.match(written('of-pool.html', ['pool', 'runs/pool']).text, /^<!doctype html>/i);
  assert.match(written('any.md').text, /^## cfsbench: /);
  assert.match(written('any.txt').text, /^debian-12-static /, 'the usual format');
  assert.match(written('mail.txt').text, /^[A-Z].*\n/);
  assert.match(written('mail.txt').text, /^== Results ==$/m);
  assert.ok(JSON.parse(written('summary.json').text));
  assert.match(written('tampering.csv').text, /^run,kernel,image,/);
  for (const [out, format] of [
    ['any.csv', 'csv'],
    ['any.json', 'json'],
  ] as const) {
    const { status, stderr, text } = written(out);
    assert.equal(status, 1);
    assert.equal(text, '');
    assert.match(
      stderr,
      new RegExp(
        `^cfsbench: the files of several formats end in \\.${format}: ${out}\\n {2}formats: .*\\b${format}\\b.*\\n {2}try: --format ${format} --out ${out}`,
      ),
    );
  }
});

test('--open opens the page with $BROWSER; the error names a browser that cannot be started', () => {
  const browser = join(root, 'browser');
  writeFileSync(browser, '#!/bin/sh\nprintf %s "$1" > "$0.opened"\n');
  chmodSync(browser, 0o755);
  const { stdout, status } = cfsbench(['report', 'runs/first', '--open'], { BROWSER: browser });
  assert.equal(status, 0);
  assert.equal(stdout, 'runs/first/report.html\n');
  const opened = `${browser}.opened`;
  for (const until = Date.now() + 60_000; !existsSync(opened) && Date.now() < until; )
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  assert.equal(readFileSync(opened, 'utf8'), join(root, 'runs/first/report.html'));
  const none = cfsbench(['report', 'runs/first', '--open'], { BROWSER: join(root, 'none') });
  assert.equal(none.status, 1);
  assert.match(none.stderr, /cannot open the page with .*none\n.*ENOENT\n {2}try: BROWSER=/);
  assert.match(
    cfsbench(['report', 'runs/first', '--open', '--format', 'mail']).stderr,
    /--format html --open/,
  );
});

test('--open is refused where the page would go to standard output', () => {
  const pool = ['pool', 'runs/pool', '--open'];
  const { status, stdout, stderr } = cfsbench([...pool, '--format', 'html']);
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /the page goes to standard output\n {2}try: --format html --open --out FILE$/m);
  assert.match(cfsbench(pool).stderr, /try: --format html --open --out FILE$/m);
  const out = join(root, 'pool.html');
  assert.equal(cfsbench([...pool, '--format', 'html', '--out', out], { BROWSER: 'true' }).status, 0);
  assert.ok(existsSync(out));
});

test('an empty list is refused', () => {
  for (const [option, hint] of [
    ['--format', '--format terminal'],
    ['--claims', '--claims C1,C13'],
  ] as const) {
    const { status, stdout, stderr } = cfsbench(['report', 'runs/first', option, ' ,']);
    assert.deepEqual([status, stdout], [1, '']);
    assert.equal(stderr, `cfsbench: ${option} has no names in its list\n  try: ${hint}\n`);
  }
});

test('--long and --claims are refused for formats that do not support them', () => {
  const run = 'runs/first';
  assert.match(cfsbench(['report', run, '--format', 'mail', '--long']).stdout, /^Every phase$/m);
  assert.match(cfsbench(['report', run, '--format', 'mail', '--claims', 'c13']).stdout, /^C13 NOT ASKED: /);
  for (const option of [['--long'], ['--claims', 'C1']]) {
    const { stderr, status } = cfsbench(['report', run, '--format', 'json', ...option]);
    assert.equal(status, 1);
    assert.match(
      stderr,
      new RegExp(`^cfsbench: ${option[0]} has no meaning for --format json\\n {2}try: --format mail`),
    );
  }
});

test('COLUMNS sets the width; below 60 columns the text says that it needs 60', () => {
  const widest = (columns: string): number =>
    Math.max(
      ...cfsbench(['report', 'runs/first'], { COLUMNS: columns })
        .stdout.split('\n')
        .map((line) => line.length),
    );
  assert.ok(widest('60') <= 60);
  assert.ok(widest('120') > 80);
  const narrow = cfsbench(['report', 'runs/first'], { COLUMNS: '40' }).stdout;
  assert.match(narrow, /^The tables need 60 columns; this\nterminal has 40\.\n/);
});

test('output to a terminal has color, unless NO_COLOR is set or TERM is dumb', () => {
  const inTerminal = (env: Record<string, string>): string =>
    spawnSync('script', ['-qec', `"${process.execPath}" "${PROGRAM}" report runs/first`, '/dev/null'], {
      encoding: 'utf8',
      cwd: root,
      env: { ...process.env, COLUMNS: '80', NO_COLOR: '', TERM: 'xterm', ...env },
    }).stdout;
  assert.match(inTerminal({}), /\x1b\[3[12]m/);
  assert.doesNotMatch(inTerminal({ NO_COLOR: '1' }), /\x1b/);
  assert.doesNotMatch(inTerminal({ TERM: 'dumb' }), /\x1b/);
  assert.doesNotMatch(cfsbench(['report', 'runs/first'], { TERM: 'xterm' }).stdout, /\x1b/);
});

test('the link latest names the last run in the folder runs, and replaces no folder', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'cfsbench-latest-'));
  const before = process.cwd();
  t.after(() => {
    process.chdir(before);
    rmSync(home, { recursive: true });
  });
  process.chdir(home);
  for (const name of ['runs/one', 'runs/two', 'elsewhere/three'])
    mkdirSync(join(home, name), { recursive: true });
  for (const name of ['runs/one', join(home, 'runs/two'), 'elsewhere/three']) linkLatest(name);
  assert.equal(readlinkSync('runs/latest'), 'two');
  rmSync('runs/latest');
  mkdirSync('runs/latest');
  linkLatest('runs/one');
  assert.ok(existsSync('runs/latest') && !existsSync('runs/latest/run.json'));
});

test('--out FILE.html is a page without --format', () => {
  const page = join(root, 'page.html');
  assert.equal(cfsbench(['report', 'runs/first', '--out', page]).status, 0);
  assert.match(readFileSync(page, 'utf8'), /^<!doctype html>/i);
  const text = join(root, 'page.txt');
  assert.equal(cfsbench(['report', 'runs/first', '--out', text]).status, 0);
  assert.doesNotMatch(readFileSync(text, 'utf8'), /^<!doctype html>/i);
});
