// Names, targets, attribute keys and values are bytes without an encoding. They are kept in strings with one char (0..255) per
// byte: compact in memory, ordered by `<` like memcmp, usable as Map keys.

/** Bytes, one char (0..255) each. Print them through `show` only. */
export type ByteString = string;

export const toBytes = (text: ByteString): Buffer => Buffer.from(text, 'latin1');

export const fromBytes = (bytes: Uint8Array): ByteString =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** A copy: a slice of a text keeps the whole text in memory. */
export const copyOf = (text: ByteString): ByteString => Buffer.from(text, 'latin1').toString('latin1');

/** Unsigned byte order, a prefix before its extensions. */
export const compareBytes = (a: ByteString, b: ByteString): number => (a < b ? -1 : a > b ? 1 : 0);

/** Printable ASCII stays; backslash is doubled; every other byte becomes `\xHH`. Safe on a terminal and in a journal. */
export const show = (text: ByteString): string =>
  text.replace(/[^\x20-\x5b\x5d-\x7e]/g, (char) =>
    char === '\\' ? '\\\\' : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
