// JUnit XML: groups are suites, arms are cases.

import { unreachable } from '../errors.ts';
import type { LoadedRun } from '../gate/load.ts';
import { visible } from '../visible.ts';
import { suitesOf, type TestCase, type TestSuite } from './verdicts.ts';

/** XML 1.0 cannot hold control characters even as references. */
const xml = (text: string): string => visible(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const inner = ({ verdict }: TestCase): string => {
  switch (verdict.kind) {
    case 'passed':
      return `<system-out>${xml(verdict.basis)}</system-out>`;
    case 'failed':
      return `<failure message="${xml(verdict.why[0] ?? '')}">${verdict.why.map(xml).join('\n')}</failure>`;
    case 'skipped':
      return `<skipped message="${xml(verdict.why)}"/>`;
    default:
      return unreachable(verdict);
  }
};

const counts = (cases: readonly TestCase[]): string => {
  const of = (kind: string): number => cases.filter(({ verdict }) => verdict.kind === kind).length;
  return `tests="${cases.length}" failures="${of('failed')}" errors="0" skipped="${of('skipped')}"`;
};

const suiteXml = ({ name, cases }: TestSuite): string =>
  [
    `  <testsuite name="${xml(name)}" ${counts(cases)}>`,
    ...cases.map(
      (one) => `    <testcase classname="${xml(name)}" name="${xml(one.name)}">${inner(one)}</testcase>`,
    ),
    '  </testsuite>\n',
  ].join('\n');

export function* junitPieces(suites: readonly TestSuite[]): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="cfsbench" ${counts(suites.flatMap(({ cases }) => cases))}>\n`;
  for (const suite of suites) yield suiteXml(suite);
  yield '</testsuites>\n';
}

export const pieces = (loaded: LoadedRun): Generator<string> => junitPieces(suitesOf(loaded));
