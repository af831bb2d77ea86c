// A run as a mail to a mailing list, at most 75 columns wide, in the order of a subscriber's questions.
import { alerts } from '../alert.ts';
import { ALLOWANCE_TEXT } from '../claims/allowance.ts';
import { byText, figureText } from '../claims/words.ts';
import { countedLines } from '../counted-lines.ts';
import { formatBytes, formatInstant, formatNs, grouped, shellLine } from '../format.ts';
import { tableBlock } from '../terminal.ts';
import type { ClaimView, ReportView } from '../view.ts';
import { commandLines, mailable, mailLines, mailTable, TEXT_COLUMNS } from './lines.ts';
import { publishedLines } from './published.ts';
import { walkLines } from './walks.ts';

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, '='.repeat(title.length), ...lines, ...(lines.at(-1) === '' ? [] : [''])];

const FACT_COLUMNS = 12;

const fact = (name: string, text: string): readonly string[] =>
  text === '' ? [] : mailLines(text, `${name}:`.padEnd(FACT_COLUMNS), ' '.repeat(FACT_COLUMNS));

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
    ...fact('program', `cfsbench ${run.cfsbench.version}, commit ${run.cfsbench.commit ?? 'unknown'}`),
    ...fact('plan', `profile ${plan.profile}, seed ${plan.seed}; arms in random order within each block`),
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
        ...mailTable(
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
        ...mailLines(
          `File contents: ${[...new Set(images.map(({ contents }) => contents))].join(' and ')}. Names, sizes and attributes are those of the image.`,
        ),
      ];

const commands = ({ run, scenarios }: ReportView): readonly string[] => [
  ...commandLines(run.commandLine.map((word) => shellLine([word]))),
  '',
  ...scenarios.flatMap(({ id, reproduce }) => mailLines(`${id}: ${reproduce}`, '  ', '      ')),
];

const armLines = ({ arms }: ReportView): readonly string[] =>
  arms.flatMap(({ id, how }) => mailLines(how === '' ? id : `${id}: ${how}`, '  ', '      '));

/** Complete, because a reply to a mail can quote only the mail. */
const claimBlock = ({ id, verdict, text, by, rule, figures, because }: ClaimView): readonly string[] => {
  const numbers = figures.map(
    (one) => `${one.what}: ${figureText(one)}${one.standIn === true ? ' (stand-in, not counted)' : ''}`,
  );
  return [
    ...mailLines(`${verdict.toUpperCase()}: ${text}`, id.padEnd(4), '    '),
    ...mailLines(`said by ${byText(by)}`, '      '),
    ...mailLines(`rule: ${rule}`, '      '),
    ...mailLines(because, '      '),
    ...numbers.flatMap((line) => mailLines(line, '      ', '        ')),
  ];
};

const notMeasured = (view: ReportView): readonly string[] => {
  const notAsked = view.claims.filter(({ verdict }) => verdict === 'not asked').map(({ id }) => id);
  return [
    ...alerts(view),
    ...view.skipped.map(({ where, what }) => `${where}: ${what}`),
    ...view.dropped.map(({ text }) => text),
    ...(notAsked.length === 0 ? [] : [`claims that this run does not test: ${notAsked.join(', ')}`]),
  ].flatMap((line) => mailLines(`- ${line}`, '', '  '));
};

/** Ends in a newline. The same view gives the same bytes. */
export const mailOf = (view: ReportView): string => {
  const asked = view.claims.filter(({ verdict }) => verdict !== 'not asked');
  const lines = [
    ...mailLines(view.finding),
    '',
    ...section('Set-up', setUp(view)),
    ...section('Images', imageLines(view)),
    ...section('Arms', armLines(view)),
    ...section('Commands', commands(view)),
    ...section('Walks', walkLines(view)),
    ...section(
      'Every phase',
      view.tables.length === 0 ? [] : tableBlock(view, { columns: TEXT_COLUMNS, allImages: true }),
    ),
    ...section('Counts', countedLines(view, TEXT_COLUMNS)),
    ...section(
      'Claims on trial',
      asked.length === 0 ? [] : [...mailLines(ALLOWANCE_TEXT), '', ...asked.flatMap(claimBlock)],
    ),
    ...section('Published elsewhere, in ratios', publishedLines(view)),
    ...section('Problems, and what was not measured', notMeasured(view)),
  ];
  return `${mailable(lines).join('\n').trimEnd()}\n`;
};
