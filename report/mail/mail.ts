// A run as a mail to a mailing list: what a subscriber asks first stands first, nothing is wider than 75 columns.
import { alerts } from '../alert.ts';
import { ALLOWANCE_TEXT } from '../claims/allowance.ts';
import { byText, toldText } from '../claims/words.ts';
import { countedLines } from '../counted-lines.ts';
import { formatBytes, formatInstant, formatNs, grouped, shellLine } from '../format.ts';
import { tableBlock } from '../terminal.ts';
import type { ClaimView, ReportView } from '../view.ts';
import { COLUMNS, commandLines, folded, mailable, table } from './lines.ts';
import { publishedLines } from './published.ts';
import { walkLines } from './walks.ts';

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, '='.repeat(title.length), ...lines, ...(lines.at(-1) === '' ? [] : [''])];

const fact = (name: string, text: string): readonly string[] =>
  text === '' ? [] : folded(text, `${name}:`.padEnd(12), ' '.repeat(12));

const setUp = ({ environment, run, plan, id, pool }: ReportView): readonly string[] => {
  const { workFileSystem: disk } = environment;
  return [
    ...fact('kernel', `${environment.kernel} ${environment.architecture}`),
    ...fact('system', environment.distribution),
    ...fact('CPU', `${environment.cpuCount} x ${environment.cpuModel}`),
    ...fact('governor', environment.governor ?? 'none'),
    ...fact('memory', formatBytes(environment.memoryBytes)),
    ...fact('machine', environment.virtualization ?? 'not virtual'),
    ...fact('disk', `${disk.type} on ${disk.device} (${disk.options})`),
    ...fact('tools', Object.values(environment.tools).join('; ')),
    ...fact('run', `${id}, ${formatInstant(run.startedAt)}, as ${environment.privilege}, ${run.status}`),
    ...fact('took', run.wallNs === null ? '' : formatNs(run.wallNs)),
    ...fact('program', `cfsbench ${run.cfsbench.version} ${run.cfsbench.commit ?? 'of no known commit'}`),
    ...fact('plan', `profile ${plan.profile}, seed ${plan.seed}; arms interleaved in random blocks`),
    ...fact('counted by', run.ledgerSource),
    ...fact(
      'runs',
      pool === null ? '' : pool.runs.map((one) => `${one.id} (${formatInstant(one.startedAt)})`).join('; '),
    ),
  ];
};

const imageLines = ({ images }: ReportView): readonly string[] =>
  images.length === 0
    ? []
    : [
        ...table(
          ['image', 'entries', 'files', 'file bytes', 'layers', 'EROFS image'],
          images.map((image) => [
            image.name,
            grouped(image.entryCount),
            grouped(image.fileCount),
            formatBytes(image.fileBytes),
            String(image.layerCount),
            formatBytes(image.manifestBytes),
          ]),
        ),
        ...folded(
          `Contents: ${[...new Set(images.map(({ contents }) => contents))].join(' and ')}; names, sizes and attributes as described.`,
        ),
      ];

const commands = ({ run, scenarios }: ReportView): readonly string[] => [
  ...commandLines(run.commandLine.map((word) => shellLine([word]))),
  '',
  ...scenarios.flatMap(({ id, reproduce }) => folded(`${id}: ${reproduce}`, '  ', '      ')),
];

const armLines = ({ arms }: ReportView): readonly string[] =>
  arms.flatMap(({ id, how }) => folded(how === '' ? id : `${id}: ${how}`, '  ', '      '));

/** Whole: whoever answers a mail has nothing but the mail. */
const claim = ({ id, verdict, text, by, rule, told, because }: ClaimView): readonly string[] => {
  const numbers = told.map(
    (one) => `${one.what}: ${toldText(one)}${one.standIn === true ? ' (stand-in, not counted)' : ''}`,
  );
  return [
    ...folded(`${verdict.toUpperCase()}: ${text}`, `${id.padEnd(4)}`, '    '),
    ...folded(`said by ${byText(by)}`, '      '),
    ...folded(`rule: ${rule}`, '      '),
    ...folded(because, '      '),
    ...numbers.flatMap((line) => folded(line, '      ', '        ')),
  ];
};

const notMeasured = (view: ReportView): readonly string[] => {
  const unasked = view.claims.filter(({ verdict }) => verdict === 'not asked').map(({ id }) => id);
  return [
    ...alerts(view).flatMap((line) => folded(`- ${line}`, '', '  ')),
    ...view.skipped.flatMap(({ where, what }) => folded(`- ${where}: ${what}`, '', '  ')),
    ...view.dropped.flatMap((line) => folded(`- ${line}`, '', '  ')),
    ...(unasked.length === 0
      ? []
      : folded(`- claims not asked by this run: ${unasked.join(', ')}`, '', '  ')),
  ];
};

/** Ends in a newline. The same view gives the same bytes. */
export const mailOf = (view: ReportView): string => {
  const asked = view.claims.filter(({ verdict }) => verdict !== 'not asked');
  const lines = [
    ...folded(view.finding),
    '',
    ...section('Set-up', setUp(view)),
    ...section('Images', imageLines(view)),
    ...section('Arms', armLines(view)),
    ...section('Commands', commands(view)),
    ...section('Walks', walkLines(view)),
    ...section(
      'Every phase',
      view.tables.length === 0 ? [] : tableBlock(view, { columns: COLUMNS - 1, allImages: true }),
    ),
    ...section('Counts', countedLines(view)),
    ...section(
      'Claims on trial',
      asked.length === 0 ? [] : [...folded(ALLOWANCE_TEXT), '', ...asked.flatMap(claim)],
    ),
    ...section('Published elsewhere, in ratios', publishedLines(view)),
    ...section('Not measured, and what went wrong', notMeasured(view)),
  ];
  return `${mailable(lines).join('\n').trimEnd()}\n`;
};
