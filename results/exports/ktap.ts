// KTAP version 1 for kernel test systems: groups on the outer level, arms on the inner one.
import type { LoadedRun } from '../gate/load.ts';
import { suitesOf, type TestCase, type TestSuite } from './verdicts.ts';

const ktapText = (text: string): string =>
  text.replace(/[^\x20-\x7e]|[#\\]/gu, (char) => `u{${char.codePointAt(0)!.toString(16)}}`).trim();

const caseLines = ({ name, verdict }: TestCase, at: number): readonly string[] => {
  const line = `${at} ${ktapText(name)}`;
  if (verdict.kind === 'skipped') return [`ok ${line} # SKIP ${ktapText(verdict.why)}`];
  if (verdict.kind === 'passed') return [`ok ${line}`];
  return [...verdict.why.map((why) => `# ${ktapText(why)}`), `not ok ${line}`];
};

const suiteLines = ({ name, cases }: TestSuite, at: number): readonly string[] => {
  const isFailed = cases.some(({ verdict }) => verdict.kind === 'failed');
  return [
    ...[
      'KTAP version 1',
      `1..${cases.length}`,
      ...cases.flatMap((one, index) => caseLines(one, index + 1)),
    ].map((line) => `  ${line}`),
    `${isFailed ? 'not ok' : 'ok'} ${at} ${ktapText(name)}`,
  ];
};

export function* ktapPieces(suites: readonly TestSuite[]): Generator<string> {
  yield `KTAP version 1\n1..${suites.length}\n`;
  for (const [index, suite] of suites.entries()) yield `${suiteLines(suite, index + 1).join('\n')}\n`;
}

export const pieces = (loaded: LoadedRun): Generator<string> => ktapPieces(suitesOf(loaded));
