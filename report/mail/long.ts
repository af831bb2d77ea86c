// The long mail: everything of a run, in the order of a subscriber's questions.
import { alerts, otherWarnings } from '../alert.ts';
import { ALLOWANCE_TEXT } from '../claims/allowance.ts';
import { askedOf } from '../claims/words.ts';
import { countedLines } from '../counted-lines.ts';
import { fleetText } from '../fleet/machine.ts';
import { fleetLines } from '../fleet/text.ts';
import { formatBytes, formatInstant, formatNs, grouped } from '../format.ts';
import { tamperLines } from '../tampering/text.ts';
import { tableBlock } from '../terminal.ts';
import type { ReportView } from '../view.ts';
import { claimInFull } from './claims.ts';
import { mailLines, mailTable, TEXT_COLUMNS } from './lines.ts';
import { fact, repeatLines, section } from './parts.ts';
import { publishedLines } from './published.ts';
import { walkLines } from './walks.ts';

const MOST_RUNS = 20;

const pooledRunsText = ({ runs }: NonNullable<ReportView['pool']>): string => {
  const more = runs.length - MOST_RUNS;
  const named = runs.slice(0, MOST_RUNS).map((one) => `${one.id} (${formatInstant(one.startedAt)})`);
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
};

const setUp = (view: ReportView): readonly string[] => {
  const { environment, run, plan, id, pool } = view;
  const { workFileSystem: disk } = environment;
  const fleet = fleetText(view);
  return [
    ...fact('machines', fleet === null ? '' : `${fleet}; what follows up to tools is that of the first`),
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
    ...fact('runs', pool === null ? '' : pooledRunsText(pool)),
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

/** Of the scenarios that gave a value. */
const measuredScenarios = (view: ReportView): ReportView['scenarios'] => {
  const sections = [...view.tables, ...view.further, ...view.own].flatMap((table) => table.sections);
  const all = [...sections, ...view.calls, ...view.observed, ...view.requests, ...view.disk];
  const measured = new Set(all.map(({ scenario }) => scenario));
  return view.scenarios.filter(({ id }) => measured.has(id));
};

const commands = (view: ReportView): readonly string[] => [
  ...repeatLines(view),
  '',
  ...measuredScenarios(view).flatMap(({ id, reproduce }) => mailLines(`${id}: ${reproduce}`, '  ', '      ')),
];

const armLines = ({ arms }: ReportView): readonly string[] =>
  arms.flatMap(({ id, how }) => mailLines(how === '' ? id : `${id}: ${how}`, '  ', '      '));

const notMeasured = (view: ReportView): readonly string[] => {
  const notAsked = view.claims.filter(({ verdict }) => verdict === 'not asked').map(({ id }) => id);
  return [
    // Failures follow in full.
    ...alerts({ ...view, failures: [] }),
    ...view.failures.map(({ where, what }) => `failed: ${where}: ${what}`),
    ...otherWarnings(view).map((line) => `warning: ${line}`),
    ...view.skipped.map(({ where, what }) => `${where}: ${what}`),
    ...view.dropped.map(({ text }) => text),
    ...(notAsked.length === 0 ? [] : [`claims that this run does not test: ${notAsked.join(', ')}`]),
    ...view.notes.map((line) => `note: ${line}`),
  ].flatMap((line) => mailLines(`- ${line}`, '', '  '));
};

export const longMail = (view: ReportView): readonly string[] => {
  const asked = askedOf(view.claims);
  return [
    ...view.finding.flatMap((sentence) => mailLines(sentence)),
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
    ...section('Machines', fleetLines(view, { columns: TEXT_COLUMNS, isLong: true })),
    ...section('Counts', countedLines(view, TEXT_COLUMNS)),
    ...section(
      'Claims on trial',
      asked.length === 0 ? [] : [...mailLines(ALLOWANCE_TEXT), '', ...asked.flatMap(claimInFull)],
    ),
    ...section(
      'Attacks on images, and where each ends',
      view.tampering.flatMap((table) => [...mailLines(table.image), ...tamperLines(table, TEXT_COLUMNS)]),
    ),
    ...section('Published elsewhere, in ratios', publishedLines(view)),
    ...section('Problems, and what was not measured', notMeasured(view)),
  ];
};
