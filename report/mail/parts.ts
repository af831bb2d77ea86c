// Parts that several mails share.
import { shellLine } from '../../results/shell-line.ts';
import { plural } from '../format.ts';
import { asciiText } from '../text.ts';
import type { ReportView } from '../view.ts';
import { commandLines, mailLines } from './lines.ts';

/** For the long mail: the title is underlined. */
export const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, '='.repeat(title.length), ...lines, ...(lines.at(-1) === '' ? [] : [''])];

/** For mails that must be short. */
export const shortSection = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`== ${title} ==`, ...lines, ...(lines.at(-1) === '' ? [] : [''])];

const FACT_COLUMNS = 12;

/** `kernel:     6.18`; nothing for an empty text. */
export const fact = (name: string, text: string): readonly string[] =>
  text === '' ? [] : mailLines(text, `${name}:`.padEnd(FACT_COLUMNS), ' '.repeat(FACT_COLUMNS));

/** `--runs N` makes N runs with these options: its share of the budget, a folder, and a seed that ends in their number. */
const withoutOwn = (words: readonly string[], number: number): readonly string[] => {
  const isOwn = (at: number): boolean => words[at] === '--out' || words[at] === '--runs';
  const end = `-${number}`;
  return words.flatMap((word, at) => {
    if (isOwn(at) || isOwn(at - 1)) return [];
    return words[at - 1] === '--seed' && word.endsWith(end) ? [word.slice(0, -end.length)] : [word];
  });
};

/** The command that made all runs of a pool; null if it was not one. */
const oneCommand = (
  runs: readonly { readonly commandLine: readonly string[] }[],
): readonly string[] | null => {
  const [first = [], ...others] = runs.map(({ commandLine }, at) => withoutOwn(commandLine, at + 1));
  const isOne =
    runs.every(({ commandLine }) => commandLine.includes('--runs')) &&
    others.every((words) => words.join('\0') === first.join('\0'));
  if (!isOne || runs.length < 2) return null;
  const budget = /^([\d.]+)s$/.exec(first[first.indexOf('--budget') + 1] ?? '');
  return [
    ...first.map((word) => (word === budget?.[0] ? `${Number(budget[1]) * runs.length}s` : word)),
    '--runs',
    String(runs.length),
  ];
};

const isOption = (word: string, name: string): boolean => word === name || word.startsWith(`${name}=`);

/** With the seed that repeats the order of the slots, and without the folder. `run` may be left out of a command. */
const repeated = (words: readonly string[], seed: string): readonly string[] => {
  const kept = words.filter((word, at) => !isOption(word, '--out') && words[at - 1] !== '--out');
  return kept.some((word) => isOption(word, '--seed')) ? kept : [...kept, '--seed', seed];
};

/** The command that repeats the run or pool, for a shell; of runs that were pooled later, that of the first one, which is said. */
export const repeatLines = ({ run, plan, pool }: ReportView): readonly string[] => {
  const whole = pool === null ? repeated(run.commandLine, plan.seed) : oneCommand(pool.runs);
  const first = pool?.runs[0] ?? { ...run, seed: plan.seed };
  const words = whole ?? repeated(first.commandLine, first.seed);
  const isOfFirst = whole === null && pool !== null && pool.runs.length > 1;
  return [
    ...(isOfFirst ? mailLines(`the first of ${plural(pool.runs.length, 'run')}:`, '  ') : []),
    // Before the quotes, because it may make some.
    ...commandLines(words.map((word) => shellLine([asciiText(word)]))),
  ];
};
