// External readers of test reports: junitparser and a TAP parser.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Parser } from 'tap-parser';

const PYTHON = '/usr/bin/python3';
const READER = `
import json, sys
from junitparser import JUnitXml
suites = JUnitXml.fromstring(sys.stdin.buffer.read())
kind = lambda case: case.result[0].__class__.__name__ if case.result else 'Passed'
said = lambda case: [case.result[0].message, case.result[0].text] if case.result else [None, None]
print(json.dumps([{"name": suite.name, "tests": suite.tests, "failures": suite.failures, "errors": suite.errors,
  "skipped": suite.skipped, "cases": [[case.name, kind(case), *said(case)] for case in suite]} for suite in suites]))
`;

export interface JunitSuite {
  readonly name: string;
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  readonly cases: readonly (readonly [
    name: string,
    kind: 'Passed' | 'Failure' | 'Error' | 'Skipped',
    message: string | null,
    text: string | null,
  ])[];
}

export const skipJunit: string | false =
  spawnSync(PYTHON, ['-c', 'import junitparser']).status === 0
    ? false
    : 'python3-junitparser is not installed';

export const junitSuites = (input: string): readonly JunitSuite[] => {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', READER], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};

/** The counts that the file states equal the cases in it. */
export const countsAgree = ({ name, cases, ...said }: JunitSuite): void => {
  const count = (kind: string) => cases.filter(([, found]) => found === kind).length;
  assert.deepEqual(
    said,
    {
      tests: cases.length,
      failures: count('Failure'),
      errors: count('Error'),
      skipped: count('Skipped'),
    },
    name,
  );
};

/** KTAP nests by two blanks; a TAP reader reads one level at a time. */
export const levels = (text: string): { readonly top: string; readonly nested: readonly string[] } => {
  const nested: string[][] = [];
  const top: string[] = [];
  for (const line of text.trimEnd().split('\n')) {
    if (!line.startsWith('  ')) top.push(line);
    else if (line === '  KTAP version 1') nested.push([line.slice(2)]);
    else nested.at(-1)!.push(line.slice(2));
  }
  return { top: top.join('\n'), nested: nested.map((lines) => lines.join('\n')) };
};

export const tap = (ktap: string) => {
  assert.match(ktap, /^KTAP version 1\n1\.\.\d+\n/);
  const parser = new Parser({ strict: true });
  let [count, failed, skipped] = [0, 0, 0];
  parser.on('assert', ({ ok, skip }) => {
    count++;
    if (!ok) failed++;
    if (skip) skipped++;
  });
  parser.end(ktap.replace('KTAP version 1', 'TAP version 14'));
  const { plan, failures } = parser.results!;
  assert.equal(plan.end, count);
  // A failed test is not an error of the text.
  assert.deepEqual(
    failures.filter((one) => 'tapError' in one && one.tapError),
    [],
  );
  return { count, failed, skipped };
};
