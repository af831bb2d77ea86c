// Ids of parts of a page, made of names: the same in every report of a run, so that a link to a row stays valid.

/** Letters, digits, dots and hyphens; a name with other characters than the usual gets a number that tells it from similar ones. */
export const slug = (...names: readonly string[]): string => {
  const text = names.filter((name) => name !== '').join(' ');
  const plain = text
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return /[^A-Za-z0-9.,:=/ @+-]/.test(text) ? `${plain}-${numberOf(text)}` : plain;
};

const numberOf = (text: string): string => {
  let sum = 7;
  for (const char of text) sum = (sum * 31 + char.codePointAt(0)!) % 0xffffffff;
  return sum.toString(36);
};
