// Result lines as LAVA finds them on a console, a test set per scenario and image.
import { type Case, suitesOf } from './cases.ts';
import { type ExportFormat, whole } from './export.ts';
import { token } from './text.ts';

const RESULTS = { passed: 'pass', failed: 'fail', error: 'fail', skipped: 'skip' } as const;

const line = ({ name, ended, measured }: Case): string => {
  const value = measured === null ? '' : ` MEASUREMENT=${measured.value} UNITS=${measured.unit}`;
  return `<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=${token(name.replace(': ', '/')).replaceAll('%2F', '.')} RESULT=${RESULTS[ended.kind]}${value}>`;
};

export const format: ExportFormat = {
  id: 'lava',
  title: 'LAVA signal lines, for boards in a lab',
  write: whole((loaded) =>
    suitesOf(loaded)
      .flatMap(({ name, cases }) => [
        `<LAVA_SIGNAL_TESTSET START ${token(name.replaceAll(' ', '.'))}>`,
        ...cases.map(line),
        '<LAVA_SIGNAL_TESTSET STOP>',
      ])
      .map((text) => `${text}\n`)
      .join(''),
  ),
};
