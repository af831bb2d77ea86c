// Markdown as GitHub's readers see it: rendered by a parser that is not ours, cells and text taken from the result.
import { marked, type Token, type Tokens } from 'marked';

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

const decode = (text: string): string =>
  text
    .replace(/<!-- -->|<\/?code>/g, '')
    .replace(/&(?:#(\d+)|([a-z]+));/g, (_, code: string | undefined, name: string) =>
      code === undefined ? NAMED[name]! : String.fromCodePoint(Number(code)),
    );

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const isTable = (token: Token): token is Tokens.Table => token.type === 'table';

export const tablesIn = (markdown: string): readonly Table[] =>
  marked
    .lexer(markdown)
    .filter(isTable)
    .map(({ header, rows }) => ({
      head: header.map(({ text }) => decode(text)),
      rows: rows.map((cells) => cells.map(({ text }) => decode(text))),
    }));

/** Tags of the page that it becomes, names only. */
export const tagsIn = (markdown: string): ReadonlySet<string> =>
  new Set(
    [...(marked.parse(markdown, { async: false }) as string).matchAll(/<([a-z][a-z0-9]*)/g)].map(
      ([, tag]) => tag!,
    ),
  );
