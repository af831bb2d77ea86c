/** JSON in ASCII: readers get the same strings, and no name changes the direction of a terminal's text. */
export const jsonText = (value: unknown, indent = 1): string =>
  `${JSON.stringify(value, null, indent).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}\n`;
