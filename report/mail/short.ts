// The default mail: finding, machine, one table, the claims that were decided, the commands, and where the rest is.
import { alerts } from '../alert.ts';
import { askedOf } from '../claims/words.ts';
import { fleetLines } from '../fleet/text.ts';
import { formatBytes, formatInstant, plural } from '../format.ts';
import { runsText } from '../standing.ts';
import { tamperLines } from '../tampering/text.ts';
import { droppedSentence, tableBlock } from '../terminal.ts';
import type { ClaimView, ReportView } from '../view.ts';
import type { TableView } from '../view-tables.ts';
import { claimShort } from './claims.ts';
import { headlineTable } from './headline.ts';
import { commandLines, mailLines, TEXT_COLUMNS } from './lines.ts';
import { machineLines } from './machine.ts';
import { fact, repeatLines, shortSection } from './parts.ts';

/** Longer mails are not read. A pool has more images and variants. */
const MOST_LINES = 80;
const MOST_LINES_OF_POOL = 100;
const MOST_CLAIMS = 5;
const FEWEST_CLAIMS = 3;
const MOST_PROBLEMS = 3;
const MOST_DROPPED = 5;
const MOST_TABLE_LINES = 24;

const runLines = (view: ReportView, table: TableView | null): readonly string[] => {
  const { environment, run, plan, images, pool, id } = view;
  const image = images.find(({ name }) => name === table?.image);
  const dropped = droppedSentence(view.dropped, MOST_DROPPED);
  return [
    ...fact(
      'image',
      image === undefined
        ? ''
        : `${image.name}: ${plural(image.entryCount, 'entry', 'entries')}, ${plural(image.fileCount, 'file')}, ${formatBytes(image.fileBytes)}, ${plural(image.layerCount, 'layer')}, contents ${image.contents}`,
    ),
    ...fact(
      'run',
      `${id}, ${formatInstant(run.startedAt)}, ${pool === null ? '' : `${plural(pool.runs.length, 'run')}, pooled, `}profile ${plan.profile}, as ${environment.privilege}, ${statusText(view)}; cfsbench ${run.cfsbench.version}, commit ${run.cfsbench.commit ?? 'unknown'}`,
    ),
    ...(dropped === '' ? [] : mailLines(dropped)),
  ];
};

/** `complete` only if nothing was left out. */
const statusText = ({ run, dropped }: ReportView): string =>
  run.status === 'complete' && dropped.length > 0 ? 'ended within its budget' : run.status;

const problemLines = (view: ReportView): readonly string[] => {
  // Noise of the machine is mentioned with its load.
  const all = alerts({ ...view, warnings: [] });
  const more = all.length - MOST_PROBLEMS;
  return [...all.slice(0, MOST_PROBLEMS), ...(more > 0 ? [`${more} more: --long`] : [])].flatMap((line) =>
    mailLines(`- ${line}`, '', '  '),
  );
};

/** Runs of other scenarios have no such table: theirs is cut. */
const otherTable = (view: ReportView): readonly string[] => {
  const lines = tableBlock(view, { columns: TEXT_COLUMNS });
  return lines.length <= MOST_TABLE_LINES
    ? lines
    : [...lines.slice(0, MOST_TABLE_LINES), `(${lines.length - MOST_TABLE_LINES} more lines: --long)`];
};

const isDecided = ({ verdict }: ClaimView): boolean => verdict === 'supported' || verdict === 'not supported';

const hasMessage = ({ by }: ClaimView): boolean =>
  typeof by !== 'string' && by.some(({ where }) => where.kind === 'message');

/** Decided claims first, those whose mail can be cited before others. */
const chosenClaims = (view: ReportView): readonly ClaimView[] => {
  const rank = (claim: ClaimView): number => (isDecided(claim) ? 0 : 2) + (hasMessage(claim) ? 0 : 1);
  return [...askedOf(view.claims)].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_CLAIMS);
};

const otherClaims = ({ claims }: ReportView, shown: readonly ClaimView[]): readonly string[] => {
  const rest = claims.filter((claim) => !shown.includes(claim));
  const parts = (
    ['supported', 'not supported', 'undecided', 'not testable', 'failed', 'not asked'] as const
  ).flatMap((verdict) => {
    const ids = rest.filter((claim) => claim.verdict === verdict).map(({ id }) => id);
    return ids.length === 0 ? [] : [`${verdict}: ${ids.join(', ')}`];
  });
  if (shown.length === 0 && rest.every(({ verdict }) => verdict === 'not asked'))
    return mailLines('This run asked no claim of the debate.');
  return parts.length === 0
    ? []
    : mailLines(`${shown.length === 0 ? 'Claims' : 'Other claims'}: ${parts.join('; ')}.`);
};

const commands = (view: ReportView, scenarios: readonly string[]): readonly string[] => [
  ...repeatLines(view),
  ...view.scenarios
    .filter(({ id }) => scenarios.includes(id))
    .flatMap(({ id, reproduce }) => mailLines(`${id}: ${reproduce}`, '  ', '      ')),
];

const restLines = ({ pool }: ReportView): readonly string[] => [
  ...mailLines(
    'All rows, counts, claims and published tables: --long. A claim with its rule, objection and numbers: --claims C1.',
  ),
  ...commandLines([
    ...(pool === null ? ['cfsbench', 'report', 'RUN'] : ['cfsbench', 'pool', 'RUN...']),
    ...['--format', 'mail', '--long'],
  ]),
];

/** Only where protections were tried: without one nothing is refused. */
const tamperedLines = ({ tampering }: ReportView): readonly string[] =>
  tampering
    .filter(({ columns }) => columns.some(({ level }) => level.id !== 'nothing' && level.isComputed !== true))
    .flatMap((table) => tamperLines(table, TEXT_COLUMNS));

interface MailParts {
  readonly claims: readonly ClaimView[];
  /** The commands of each scenario of the table. */
  readonly hasScenarios: boolean;
  /** The table of attacks. */
  readonly hasAttacks: boolean;
}

const linesWith = (view: ReportView, { claims, hasScenarios, hasAttacks }: MailParts): readonly string[] => {
  const table = headlineTable(view);
  return [
    ...view.finding.flatMap((sentence) => mailLines(sentence)),
    '',
    ...shortSection('Problems', problemLines(view)),
    ...shortSection('Machine and run', [...machineLines(view), ...runLines(view, table?.table ?? null)]),
    ...shortSection(
      'Results',
      table === null ? otherTable(view) : [...mailLines(runsText(view)), '', ...table.lines],
    ),
    ...shortSection('Machines', fleetLines(view, { columns: TEXT_COLUMNS, mostRows: 1, mostMachines: 6 })),
    ...shortSection('Claims', [...claims.flatMap(claimShort), ...otherClaims(view, claims)]),
    ...shortSection('Attacks on images', hasAttacks ? tamperedLines(view) : []),
    ...shortSection('Commands', commands(view, hasScenarios ? (table?.scenarios ?? []) : [])),
    ...shortSection('The rest', restLines(view)),
  ];
};

/**
 * Where the mail would be too long: fewer claims, but three; then no commands of scenarios; then no table of attacks; then fewer claims
 * still.
 */
export const shortMail = (view: ReportView): readonly string[] => {
  const most = view.pool === null ? MOST_LINES : MOST_LINES_OF_POOL;
  const chosen = chosenClaims(view);
  const counts = chosen.map((_, index) => chosen.length - index);
  const enough = counts.filter((count) => count >= FEWEST_CLAIMS);
  const few = counts.filter((count) => count <= FEWEST_CLAIMS);
  const parts = (
    claimCounts: readonly number[],
    shown: Pick<MailParts, 'hasScenarios' | 'hasAttacks'>,
  ): readonly MailParts[] => claimCounts.map((count) => ({ claims: chosen.slice(0, count), ...shown }));
  const tried = [
    ...parts([chosen.length, ...enough], { hasScenarios: true, hasAttacks: true }),
    ...parts(few.slice(0, 1), { hasScenarios: false, hasAttacks: true }),
    ...parts(enough, { hasScenarios: true, hasAttacks: false }),
    ...parts([...few, 0], { hasScenarios: false, hasAttacks: false }),
  ].map((one) => linesWith(view, one));
  return tried.find((lines) => lines.length <= most) ?? tried.at(-1)!;
};
