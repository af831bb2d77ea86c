// The fields of a dump line: escapes and integers. Errors are thrown as `BrokenRule`, without a line number.
import type { ByteString } from '../model/bytes.ts';

/** A rule of the format that a line breaks. */
export class BrokenRule extends Error {
  readonly hint: string | undefined;
  constructor(rule: string, hint?: string) {
    super(rule);
    this.name = 'BrokenRule';
    this.hint = hint;
  }
}

const ESCAPE_HINT = 'escapes are \\\\ \\n \\r \\t and \\xHH with two hex digits';
const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', n: '\n', r: '\r', t: '\t' };
const HEX_PAIR = /^[0-9a-fA-F]{2}$/;

/** Decodes escapes to bytes, which may include zero bytes. */
export const decode = (field: string, raw: ByteString): ByteString => {
  let at = raw.indexOf('\\');
  if (at < 0) return raw;
  const parts: string[] = [];
  let done = 0;
  for (; at >= 0; at = raw.indexOf('\\', done)) {
    parts.push(raw.slice(done, at));
    const kind = raw[at + 1];
    const short = kind === undefined ? undefined : SHORT_ESCAPES[kind];
    if (short !== undefined) {
      parts.push(short);
      done = at + 2;
    } else if (kind === 'x' && HEX_PAIR.test(raw.slice(at + 2, at + 4))) {
      parts.push(String.fromCharCode(Number.parseInt(raw.slice(at + 2, at + 4), 16)));
      done = at + 4;
    } else throw new BrokenRule(`${field} has an unknown escape`, ESCAPE_HINT);
  }
  parts.push(raw.slice(done));
  return parts.join('');
};

const cutAtZero = (text: ByteString): ByteString => {
  const zero = text.indexOf('\0');
  return zero < 0 ? text : text.slice(0, zero);
};

/** Decodes a name, which ends at an escaped zero byte. */
export const decodeName = (field: string, raw: ByteString): ByteString =>
  raw.includes('\\') ? cutAtZero(decode(field, raw)) : raw;

export const optionalName = (field: string, raw: ByteString): ByteString | null =>
  raw === '-' ? null : decodeName(field, raw);

export const optionalBytes = (field: string, raw: ByteString): ByteString | null =>
  raw === '-' ? null : decode(field, raw);

const LARGEST = 2n ** 64n - 1n;
const INTEGER = { 8: /^[\t\v\f\r]*([+-]?)([0-7]+)$/, 10: /^[\t\v\f\r]*([+-]?)([0-9]+)$/ } as const;
/** Apart from INTEGER: together they would try every division of a long row of zeros. */
const LEADING_ZEROS = /^0+(?=.)/;
const PREFIX = { 8: '0o', 10: '' } as const;
/** Any number with more digits is at least 2^64. */
const MAX_DIGITS = { 8: 22, 10: 20 } as const;
/** Numbers with this few digits are exact as a JavaScript number. */
const PLAIN = { 8: /^[0-7]{1,10}$/, 10: /^[0-9]{1,15}$/ } as const;

/** Unsigned 64 bits, or null if the text is no integer. */
const wideInteger = (raw: ByteString, base: 8 | 10): bigint | null => {
  const found = INTEGER[base].exec(raw);
  if (found === null) return null;
  const sign = found[1]!;
  const digits = found[2]!.replace(LEADING_ZEROS, '');
  const value = digits.length > MAX_DIGITS[base] ? LARGEST + 1n : BigInt(PREFIX[base] + digits);
  if (value > LARGEST) return LARGEST;
  return sign === '-' ? BigInt.asUintN(64, -value) : value;
};

const notAnInteger = (field: string, base: 8 | 10): never => {
  throw new BrokenRule(`${field} is not an integer in base ${base}`);
};

export const integer64 = (field: string, raw: ByteString): bigint =>
  PLAIN[10].test(raw) ? BigInt(raw) : (wideInteger(raw, 10) ?? notAnInteger(field, 10));

export const optionalInteger64 = (raw: ByteString): bigint | null => wideInteger(raw, 10);

/** The low 32 bits, or null if the text is no integer. */
export const optionalInteger32 = (raw: ByteString, base: 8 | 10): number | null => {
  if (raw === '0') return 0;
  if (PLAIN[base].test(raw)) return Number.parseInt(raw, base) % 2 ** 32;
  const value = wideInteger(raw, base);
  return value === null ? null : Number(BigInt.asUintN(32, value));
};

export const integer32 = (field: string, raw: ByteString, base: 8 | 10): number =>
  optionalInteger32(raw, base) ?? notAnInteger(field, base);
