// A run for a pull request or a step summary: what differs from the baseline first, what is the same folded away.
import type { Verdict } from '../../results/compare/verdict.ts';
import { alerts } from '../alert.ts';
import { formatBytes, formatRatio, formatValue, grouped, shellLine, shortName } from '../format.ts';
import type { ReportView, RowView, SectionView } from '../view.ts';
import { claims } from './claims.ts';
import { name, prose } from './escape.ts';
import { type Block, fitted, folded, row, table } from './fit.ts';

const WORDS: Readonly<Record<Verdict, string>> = {
  slower: '**slower**',
  faster: '**faster**',
  undecided: 'undecided',
  tooFew: 'too few blocks',
  same: 'same',
};
const ORDER: readonly Verdict[] = ['slower', 'faster', 'undecided', 'tooFew', 'same'];

interface Line {
  readonly verdict: Verdict;
  readonly distance: number;
  readonly text: string;
}

const HEAD = ['scenario', 'image', 'metric', 'arm', 'median', 'ratio', 'interval', 'verdict'];
const WORD_COLUMNS = ['scenario', 'image', 'metric', 'arm', 'verdict'];

const linesOf = (view: ReportView, image: string, section: SectionView, one: RowView): readonly Line[] =>
  view.arms.flatMap((arm, at): Line[] => {
    const cell = one.cells[at];
    if (arm.role !== 'arm' || cell?.kind !== 'value' || cell.versus === null) return [];
    const { ratio, verdict } = cell.versus;
    const center = ratio.kind === 'interval' ? ratio.center : 1;
    const cells = [
      name([section.scenario, section.params].filter((part) => part !== '').join(' ')),
      name(image),
      name(shortName(one.metric)),
      name(arm.id),
      formatValue(one.metric, cell.median),
      ratio.kind === 'interval' ? `${formatRatio(center)}×` : '',
      ratio.kind === 'interval' ? `${formatRatio(ratio.lo)} to ${formatRatio(ratio.hi)}` : '',
      WORDS[verdict],
    ];
    return [{ verdict, distance: Math.abs(Math.log(center)), text: row(cells) }];
  });

const allLines = (view: ReportView): readonly Line[] =>
  view.tables
    .flatMap(({ image, sections }) =>
      image === null
        ? []
        : sections.flatMap((section) => section.rows.flatMap((one) => linesOf(view, image, section, one))),
    )
    .sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || b.distance - a.distance);

const changed = ({ verdict }: Line): boolean => verdict === 'slower' || verdict === 'faster';

const rowsBlock = (lines: readonly Line[]): Block => ({
  head: table(HEAD, WORD_COLUMNS),
  rows: lines.map(({ text }) => text),
  tail: [],
});

const list = (title: string, items: readonly string[]): readonly Block[] =>
  items.length === 0
    ? []
    : [
        folded(`${title}: ${items.length}`, {
          head: [],
          rows: items.map((item) => `- ${prose(item)}`),
          tail: [],
        }),
      ];

const setUp = (view: ReportView): Block => {
  const { environment: env, run, plan } = view;
  const facts: readonly (readonly [string, string])[] = [
    ['kernel', `${env.kernel} ${env.architecture}`],
    ['distribution', env.distribution],
    ['processor', `${env.cpuModel}, ${env.cpuCount} CPUs`],
    ['memory', formatBytes(env.memoryBytes)],
    ['file system', `${env.workFileSystem.type} on ${env.workFileSystem.device}`],
    ['cfsbench', `${run.cfsbench.version} ${run.cfsbench.commit ?? ''}`],
    ['seed', plan.seed],
    ['command', shellLine(run.commandLine)],
    ...view.images.map(
      (image) =>
        [
          'image',
          `${image.name}: ${grouped(image.entryCount)} entries, ${formatBytes(image.fileBytes)}`,
        ] as const,
    ),
  ];
  return folded('Set-up', {
    head: table(['what', 'here']),
    rows: facts.map(([what, here]) => row([what, name(here)])),
    tail: [],
  });
};

export const markdownOf = (view: ReportView): string => {
  const lines = allLines(view);
  const first = lines.filter(changed);
  const rest = lines.filter((line) => !changed(line));
  const warned = alerts(view);
  return fitted([
    { head: [`### cfsbench: ${name(view.id)}`, '', prose(view.finding), ''], rows: [], tail: [] },
    ...(warned.length === 0
      ? []
      : [{ head: [], rows: warned.map((line) => `> ⚠ ${prose(line)}`), tail: [''] }]),
    first.length === 0
      ? {
          head: [`No row was shown to differ from ${name(view.baseline)}.`],
          rows: [],
          tail: [],
        }
      : {
          ...rowsBlock(first),
          head: [
            `Different from ${name(view.baseline)}: ${first.length} of ${lines.length} rows`,
            '',
            ...table(HEAD, WORD_COLUMNS),
          ],
        },
    ...(rest.length === 0 ? [] : [folded(`Undecided or the same: ${rest.length} rows`, rowsBlock(rest))]),
    ...claims(view.claims),
    setUp(view),
    ...list(
      'Failed',
      view.failures.map(({ where, what }) => `${where}: ${what}`),
    ),
    ...list(
      'Could not take part',
      view.skipped.map(({ where, what }) => `${where}: ${what}`),
    ),
    ...list('Dropped to fit the budget', view.dropped),
    ...list('Warnings', view.warnings),
  ]);
};
