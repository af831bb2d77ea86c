// JUnit and KTAP, each read by a reader that is not ours.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Parser } from 'tap-parser';
import { EXAMPLE, HOSTILE_RUN, textOf, unhappy } from './support.ts';

const PYTHON = '/usr/bin/python3';
const READER = `
import json, sys
from junitparser import JUnitXml
suites = JUnitXml.fromstring(sys.stdin.buffer.read())
kind = lambda case: case.result[0].__class__.__name__ if case.result else 'Passed'
print(json.dumps([[suite.name, suite.tests, suite.failures, suite.errors, suite.skipped,
  [[case.name, kind(case)] for case in suite]] for suite in suites]))
`;

type Suite = [
  name: string,
  tests: number,
  failures: number,
  errors: number,
  skipped: number,
  cases: [string, string][],
];

const hasReader = spawnSync(PYTHON, ['-c', 'import junitparser']).status === 0;
const junit = { skip: hasReader ? false : 'python3-junitparser is not installed' };

const readJunit = async (example = EXAMPLE): Promise<readonly Suite[]> => {
  const input = await textOf('junit', example);
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', READER], { input, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Suite[];
};

const kinds = (suites: readonly Suite[], kind: string): readonly string[] =>
  suites.flatMap(([, , , , , cases]) => cases.filter(([, found]) => found === kind).map(([name]) => name));

test('JUnit: its reader counts what the file says', junit, async () => {
  for (const example of [EXAMPLE, HOSTILE_RUN, unhappy()])
    for (const [name, tests, failures, errors, skipped, cases] of await readJunit(example)) {
      const count = (kind: string) => cases.filter(([, found]) => found === kind).length;
      assert.deepEqual(
        [tests, failures, errors, skipped],
        [cases.length, count('Failure'), count('Error'), count('Skipped')],
        name,
      );
    }
});

test('JUnit: being slower than the baseline is no failure', junit, async () => {
  const suites = await readJunit();
  assert.deepEqual(kinds(suites, 'Failure'), []);
  assert.ok(kinds(suites, 'Passed').includes('composefs-fuse: mountWallNs'));
});

test('JUnit: the head of an --ab run that is slower is a failure', junit, async () => {
  const run = {
    ...EXAMPLE.run,
    plan: { ...EXAMPLE.run.plan, ab: ['erofs-overlay', 'composefs-fuse'] as const },
  };
  const suites = await readJunit({ ...EXAMPLE, run });
  assert.ok(kinds(suites, 'Failure').includes('composefs-fuse: walkWallNs'));
});

test(
  'JUnit: what broke is an error, what was left behind a failure, what could not run is skipped',
  junit,
  async () => {
    const suites = await readJunit(unhappy());
    assert.equal(kinds(suites, 'Error').length, 1);
    assert.equal(kinds(suites, 'Failure').length, 1);
    assert.ok(kinds(suites, 'Skipped').some((name) => /slot 2/.test(name)));
  },
);

/** KTAP nests by two blanks; a TAP reader takes one level at a time. */
const readKtap = (text: string): { readonly top: string; readonly nested: readonly string[] } => {
  const nested: string[][] = [];
  const top: string[] = [];
  for (const line of text.trimEnd().split('\n')) {
    if (!line.startsWith('  ')) top.push(line);
    else if (line === '  KTAP version 1') nested.push([line.slice(2)]);
    else nested.at(-1)!.push(line.slice(2));
  }
  return { top: top.join('\n'), nested: nested.map((lines) => lines.join('\n')) };
};

const tap = (ktap: string) => {
  assert.match(ktap, /^KTAP version 1\n1\.\.\d+\n/);
  const parser = new Parser({ strict: true });
  let failed = 0;
  let skipped = 0;
  const names: string[] = [];
  parser.on('assert', ({ ok, skip, name }) => {
    names.push(name);
    if (!ok) failed++;
    if (skip) skipped++;
  });
  parser.end(ktap.replace('KTAP version 1', 'TAP version 14').replaceAll(' # ERROR', ' ERROR'));
  const { plan, count, failures } = parser.results!;
  return {
    failed,
    skipped,
    names,
    complete: plan.end === count,
    // A failed test is no fault of the text.
    faults: failures.filter((one) => 'tapError' in one && one.tapError),
  };
};

test('KTAP: a TAP reader finds every test at both levels', async () => {
  for (const example of [EXAMPLE, HOSTILE_RUN, unhappy()]) {
    const { top, nested } = readKtap(await textOf('ktap', example));
    const outer = tap(top);
    assert.equal(outer.names.length, nested.length);
    for (const part of [outer, ...nested.map(tap)]) {
      assert.deepEqual(part.faults, []);
      assert.ok(part.complete);
    }
  }
});

test('KTAP: a suite fails with what failed in it', async () => {
  const { top, nested } = readKtap(await textOf('ktap', unhappy()));
  assert.equal(tap(top).failed, 1);
  assert.equal(
    nested.map(tap).reduce((sum, { failed }) => sum + failed, 0),
    2,
  );
});

test('KTAP: a name cannot make itself a skipped test', async () => {
  const { top } = readKtap(await textOf('ktap', HOSTILE_RUN));
  assert.equal(tap(top).skipped, 0);
});
