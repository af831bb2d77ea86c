// Parts that several mails share.
import { shellLine } from '../format.ts';
import type { ReportView } from '../view.ts';
import { mailLines } from './lines.ts';

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

/** What was typed, in words for a shell: the command of the run; of a pool that of its first run, which differs in the seed only. */
export const commandsOf = ({ run, pool }: ReportView): readonly (readonly string[])[] =>
  [pool?.runs[0]?.commandLine ?? run.commandLine].map((words) => words.map((word) => shellLine([word])));
