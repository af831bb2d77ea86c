// JUnit XML, as CI systems show it: one suite per scenario and image, one case per arm and metric.
import { visible } from '../visible.ts';
import { type Case, countEnded, type Suite, suitesOf } from './cases.ts';
import { type ExportFormat, whole } from './export.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Control characters are not allowed in XML even as references. */
const xml = (text: string): string => visible(text).replace(/[&<>"']/g, (char) => ENTITIES[char]!);

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${xml(String(value))}"`)
    .join('');

const secondsOf = ({ measured }: Case): number =>
  measured !== null && measured.unit === 'ns' ? measured.value / 1e9 : 0;

const endedText = ({ ended }: Case): string => {
  if (ended.kind === 'passed') return '';
  const tag = ended.kind === 'failed' ? 'failure' : ended.kind;
  return `<${tag}${attributes({ message: ended.why })}/>`;
};

const caseText = (suite: string, one: Case): string => {
  const out = one.measured === null ? '' : `<system-out>${xml(one.measured.text)}</system-out>`;
  const inner = `${endedText(one)}${out}`;
  const head = `    <testcase${attributes({ classname: suite, name: one.name, time: secondsOf(one).toFixed(9) })}`;
  return inner === '' ? `${head}/>` : `${head}>${inner}</testcase>`;
};

const totals = (cases: readonly Case[]) => ({
  tests: cases.length,
  failures: countEnded(cases, 'failed'),
  errors: countEnded(cases, 'error'),
  skipped: countEnded(cases, 'skipped'),
  time: cases.reduce((sum, one) => sum + secondsOf(one), 0).toFixed(9),
});

const suiteText = ({ name, cases }: Suite, timestamp: string, host: string): string =>
  [
    `  <testsuite${attributes({ name, ...totals(cases), timestamp, hostname: host })}>`,
    ...cases.map((one) => caseText(name, one)),
    '  </testsuite>',
  ].join('\n');

export const format: ExportFormat = {
  id: 'junit',
  title: 'JUnit XML, for the test views of CI systems',
  write: whole((loaded) => {
    const suites = suitesOf(loaded);
    const { startedAt, host, id } = loaded.run;
    const timestamp = startedAt.replace(/\.\d+Z$/, '');
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites${attributes({ name: `cfsbench ${id}`, ...totals(suites.flatMap(({ cases }) => cases)) })}>`,
      ...suites.map((suite) => suiteText(suite, timestamp, host)),
      '</testsuites>',
      '',
    ].join('\n');
  }),
};
