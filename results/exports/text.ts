// Strings of a run folder in places that allow only some characters. Nothing is dropped: what does not fit is written in escapes.
import { visible } from '../visible.ts';

const KEPT = /%(3D|2C|40|2B|3A)/g;

/** One word without blanks, slashes or anything but ASCII: percent-encoded, with `= , @ + :` kept. */
export const token = (text: string): string =>
  encodeURIComponent(visible(text)).replace(KEPT, (encoded) => decodeURIComponent(encoded));

/** JSON in ASCII: readers give the same strings back, terminals are not turned around by them. */
export const jsonText = (value: unknown, indent = 1): string =>
  `${JSON.stringify(value, null, indent).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}\n`;
