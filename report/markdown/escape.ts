// Untrusted text in GitHub flavoured Markdown. Entities are never read as markup, so nothing has to be guessed about its context.

const entity = (char: string): string => `&#${char.codePointAt(0)!};`;

/** Kept short: a name of a megabyte must not push the numbers out. */
const LONGEST_NAME = 200;
const LONGEST_PROSE = 1000;

const cut = (text: string, longest: number): string => {
  const chars = [...text.slice(0, longest * 2)];
  return chars.length <= longest && text.length <= longest * 2
    ? text
    : `${chars.slice(0, longest - 1).join('')}…`;
};

const links = (text: string): string => text.replace(/(www)\./gi, '$1&#46;');

/** A name, set as code: no mention, no reference and no emoji is made of it. */
export const name = (text: string): string =>
  text === ''
    ? ''
    : `<code>${links(cut(text, LONGEST_NAME).replace(/[^\p{L}\p{N} .,=/-]/gu, entity))}</code>`;

/** A sentence. An empty comment keeps `@` and `#` from reaching for people and threads. */
export const prose = (text: string, longest = LONGEST_PROSE): string =>
  links(cut(text, longest).replace(/:(?=\S)|[\\`*_{}[\]<>&|~!$^@#"']/g, entity)).replace(
    /&#(64|35);/g,
    '&#$1;<!-- -->',
  );
