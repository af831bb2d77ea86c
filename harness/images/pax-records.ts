// The records of pax headers: global ones, and those of one member, which replace them.
//
// Source: POSIX.1-2017, pax, "pax Header Block"; GNU tar and libarchive for attributes.
import { type ByteString, copyOf } from '../model/bytes.ts';
import type { Xattr } from '../model/tree.ts';

/** Records by keyword. */
export type PaxRecords = ReadonlyMap<string, ByteString>;

const SCHILY = 'SCHILY.xattr.';
const LIBARCHIVE = 'LIBARCHIVE.xattr.';
const SPARSE = 'GNU.sparse.';

/** Keywords that GNU tar repeats: their values are joined. */
const REPEATED: ReadonlySet<string> = new Set([`${SPARSE}offset`, `${SPARSE}numbytes`]);
const JOINT = '\n';

/** "LENGTH KEY=VALUE\n", again and again. `refuse` gets the offset of a bad record. */
export const parsePaxRecords = (text: ByteString, refuse: (offset: number) => never): PaxRecords => {
  const records = new Map<string, ByteString>();
  for (let at = 0; at < text.length; ) {
    const digits = /^[0-9]{1,9}(?= )/.exec(text.slice(at, at + 10))?.[0] ?? '';
    const space = at + digits.length;
    const end = at + Number(digits);
    const equals = text.indexOf('=', space);
    if (digits === '' || end > text.length || equals < 0 || equals >= end || text[end - 1] !== '\n')
      refuse(at);
    const key = copyOf(text.slice(space + 1, equals));
    if (key === '') refuse(at);
    const value = copyOf(text.slice(equals + 1, end - 1));
    const earlier = REPEATED.has(key) ? records.get(key) : undefined;
    records.set(key, earlier === undefined ? value : `${earlier}${JOINT}${value}`);
    at = end;
  }
  return records;
};

/** An empty value deletes a record, except for an attribute, which may be empty. */
const deletes = (key: string, value: ByteString): boolean => value === '' && !key.includes('xattr.');

/** The records that hold for one member. */
export class MemberRecords {
  readonly #global: PaxRecords;
  readonly #own: PaxRecords;

  constructor(global: PaxRecords, own: PaxRecords) {
    this.#global = global;
    this.#own = own;
  }

  get(key: string): ByteString | undefined {
    const own = this.#own.get(key);
    if (own !== undefined) return deletes(key, own) ? undefined : own;
    return this.#global.get(key);
  }

  /** The values of a repeated keyword. */
  all(key: string): readonly ByteString[] {
    const joined = this.get(key);
    return joined === undefined ? [] : joined.split(JOINT);
  }

  *#withPrefix(prefix: string): Generator<readonly [rest: string, value: ByteString]> {
    for (const records of [this.#global, this.#own])
      for (const [key, value] of records) if (key.startsWith(prefix)) yield [key.slice(prefix.length), value];
  }

  isSparse(): boolean {
    return !this.#withPrefix(SPARSE).next().done;
  }

  /** GNU tar writes `=` and `%` of a key as %3D and %25; libarchive writes keys like URLs and values in base 64. */
  xattrs(refuse: (rule: string) => never): Xattr[] {
    const found = new Map<ByteString, ByteString>();
    for (const [key, value] of this.#withPrefix(LIBARCHIVE))
      found.set(percentDecoded(key), Buffer.from(value, 'base64').toString('latin1'));
    for (const [key, value] of this.#withPrefix(SCHILY))
      found.set(key.replaceAll('%3D', '=').replaceAll('%25', '%'), value);
    for (const key of found.keys())
      if (key === '' || key.length > 255 || key.includes('\0')) refuse('an attribute has an invalid name');
    return [...found];
  }
}

const percentDecoded = (text: string): string =>
  text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Global records with those of a further global header. */
export const withGlobal = (before: PaxRecords, further: PaxRecords): PaxRecords => {
  const merged = new Map(before);
  for (const [key, value] of further)
    if (deletes(key, value)) merged.delete(key);
    else merged.set(key, value);
  return merged;
};
