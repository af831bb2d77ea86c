/** JSON in ASCII: readers give the same strings back, and no terminal is turned around by them. */
export const jsonText = (value: unknown, indent = 1): string =>
  `${JSON.stringify(value, null, indent).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}\n`;
