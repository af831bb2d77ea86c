// KTAP version 1, as kernel CI reads it: one test per scenario and image, one nested test per arm and metric.
//
// Source: Documentation/dev-tools/ktap.rst of the kernel.
import { ascii } from '../visible.ts';
import { type Case, countEnded, type Suite, suitesOf } from './cases.ts';
import { type ExportFormat, whole } from './export.ts';

const VERSION = 'KTAP version 1';

/** `#` begins a directive. */
const named = (text: string): string => ascii(text).replaceAll('#', '%23');

const caseLines = (one: Case, number: number): readonly string[] => {
  const { ended, measured } = one;
  const told = measured === null ? [] : [`# ${ascii(measured.text)}`];
  const name = named(one.name);
  switch (ended.kind) {
    case 'passed':
      return [...told, `ok ${number} ${name}`];
    case 'skipped':
      return [...told, `ok ${number} ${name} # SKIP ${named(ended.why)}`];
    case 'failed':
      return [...told, `# ${ascii(ended.why)}`, `not ok ${number} ${name}`];
    default:
      return [...told, `not ok ${number} ${name} # ERROR ${named(ended.why)}`];
  }
};

const suiteLines = ({ name, cases }: Suite, number: number): readonly string[] => {
  const bad = countEnded(cases, 'failed') + countEnded(cases, 'error') > 0;
  const allSkipped = countEnded(cases, 'skipped') === cases.length;
  return [
    ...[VERSION, `1..${cases.length}`, ...cases.flatMap((one, index) => caseLines(one, index + 1))].map(
      (line) => `  ${line}`,
    ),
    `${bad ? 'not ok' : 'ok'} ${number} ${named(name)}${allSkipped ? ' # SKIP nothing was measured' : ''}`,
  ];
};

export const format: ExportFormat = {
  id: 'ktap',
  title: 'KTAP version 1, for kernel CI',
  write: whole((loaded) => {
    const suites = suitesOf(loaded);
    const lines = suites.flatMap((suite, index) => suiteLines(suite, index + 1));
    return `${[VERSION, `1..${suites.length}`, ...lines].join('\n')}\n`;
  }),
};
