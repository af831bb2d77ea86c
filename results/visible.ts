// Strings from a run folder are untrusted: names may hold control characters or change the direction of the text.

const ESCAPED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

const codePoint = (char: string): string => `\\u{${char.codePointAt(0)!.toString(16)}}`;

/** Controls, format characters (bidirectional overrides among them) and line separators become `\u{…}`. */
export const visible = (text: string): string => text.replace(ESCAPED, codePoint);

/** Everything but printable ASCII is escaped: for terminals and mails. */
export const ascii = (text: string): string => text.replace(/[^\x20-\x7e]/gu, codePoint);
