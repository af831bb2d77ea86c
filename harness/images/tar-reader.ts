// Reads tar archives in all forms of image layers: ustar, pax, GNU. Pure over a positioned read; archives are untrusted.
//
// Source: POSIX.1-2017 pax and ustar; GNU tar manual, "Basic Tar Format" (long names, base-256 numbers).
import { type ByteString, fromBytes, show } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { Segments } from '../model/image.ts';
import { LIMITS } from '../model/input-limits.ts';
import type { Xattr } from '../model/tree.ts';
import { MemberRecords, type PaxRecords, parsePaxRecords, withGlobal } from './pax-records.ts';
import { TarHeader } from './tar-fields.ts';
import { readSparse } from './tar-sparse.ts';

const BLOCK_BYTES = 512;
const PIECE_BYTES = 1 << 20;
const ID_MAX = 0xffffffff;

export type MemberType = 'file' | 'link' | 'symlink' | 'char' | 'block' | 'directory' | 'fifo';

export interface ReadMember {
  readonly type: MemberType;
  /** As stored: neither checked nor normalised. */
  readonly path: ByteString;
  readonly link: ByteString;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeNs: bigint;
  readonly major: number;
  readonly minor: number;
  readonly xattrs: readonly Xattr[];
  /** Offset of the contents in the archive. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** Of a sparse file, whose contents are shorter in the archive. */
  readonly segments?: Segments;
}

export interface TarSource {
  /** The archive's name in errors. */
  readonly title: string;
  readonly sizeBytes: number;
  /** Up to `length` bytes, fewer only at the end. Valid until the next read. */
  read(offset: number, length: number): Buffer;
}

const TYPES: Readonly<Record<string, MemberType>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};

const SETTABLE = /^(?:trusted|security)\../s;
const ACL = 'system.posix_acl_';

/** Whether Linux can set an attribute. Archives of other systems have others, such as com.apple.quarantine; runtimes leave them out. */
const canHave = (type: MemberType, key: ByteString): boolean => {
  if (key.startsWith('user.')) return key !== 'user.' && (type === 'file' || type === 'directory');
  if (key === `${ACL}access`) return type !== 'symlink';
  if (key === `${ACL}default`) return type === 'directory';
  return SETTABLE.test(key);
};

class TarReader {
  readonly #source: TarSource;
  #at = 0;
  #global: PaxRecords = new Map();

  constructor(source: TarSource) {
    this.#source = source;
  }

  refuse(rule: string, offset = this.#at, ...facts: string[]): never {
    throw new UserError(`bad tar: ${rule}`, {
      code: 'bad-tar',
      facts: [`archive: ${this.#source.title}`, `offset: ${offset}`, ...facts],
    });
  }

  *members(): Generator<ReadMember> {
    let local: PaxRecords = new Map();
    let longPath: ByteString | null = null;
    let longLink: ByteString | null = null;
    let found = false;
    for (;;) {
      const headerAt = this.#at;
      const header = this.#header();
      if (header === null) {
        if (!found) this.#checkEmpty();
        return;
      }
      const flag = header.text(156, 1);
      if (flag === 'x' || flag === 'g') {
        const records = this.#records(header.number(124, 12, 'size'));
        if (flag === 'x') local = records;
        else this.#addGlobal(records);
        continue;
      }
      if (flag === 'L' || flag === 'K') {
        const bytes = this.#meta(header.number(124, 12, 'size'));
        const end = bytes.indexOf(0);
        const text = fromBytes(end < 0 ? bytes : bytes.subarray(0, end));
        if (flag === 'L') longPath = text;
        else longLink = text;
        continue;
      }
      const records = new MemberRecords(this.#global, local);
      found = true;
      yield this.#member(header, flag, records, { headerAt, longPath, longLink });
      local = new Map();
      longPath = null;
      longLink = null;
    }
  }

  /** Without entries an archive has zero bytes only: other files begin with zero bytes, too, such as EROFS and ISO images. */
  #checkEmpty(): void {
    for (let offset = 0; offset < this.#source.sizeBytes; offset += PIECE_BYTES)
      if (this.#source.read(offset, PIECE_BYTES).some((byte) => byte !== 0))
        this.refuse('the archive has no entries but is not empty', 0);
  }

  #header(): TarHeader | null {
    const { sizeBytes } = this.#source;
    if (this.#at >= sizeBytes) {
      // Like GNU tar, accepts archives without the two closing blocks.
      return null;
    }
    const block = Buffer.from(this.#source.read(this.#at, BLOCK_BYTES));
    if (block.length < BLOCK_BYTES) this.refuse('the archive ends inside a header');
    if (block.every((byte) => byte === 0)) return null;
    const header = new TarHeader(block, (rule) => this.refuse(rule));
    header.check();
    this.#at += BLOCK_BYTES;
    return header;
  }

  #skip(sizeBytes: number): void {
    const end = this.#at + sizeBytes;
    if (!Number.isSafeInteger(end) || end > this.#source.sizeBytes)
      this.refuse('the archive ends inside an entry', this.#at, `size of the entry: ${sizeBytes}`);
    this.#at = Math.ceil(end / BLOCK_BYTES) * BLOCK_BYTES;
  }

  /** Contents of an extended header. */
  #meta(sizeBytes: number): Buffer {
    if (sizeBytes > LIMITS.tarHeaderBytes)
      this.refuse(`an extended header has more than ${LIMITS.tarHeaderBytes} bytes`);
    const start = this.#at;
    this.#skip(sizeBytes);
    return Buffer.from(this.#source.read(start, sizeBytes));
  }

  #records(sizeBytes: number): PaxRecords {
    const start = this.#at;
    return parsePaxRecords(fromBytes(this.#meta(sizeBytes)), (offset) =>
      this.refuse('a pax record is not "LENGTH KEY=VALUE\\n"', start + offset),
    );
  }

  #addGlobal(records: PaxRecords): void {
    this.#global = withGlobal(this.#global, records);
    if (this.#global.size > LIMITS.tarGlobalRecords)
      this.refuse(`there are more than ${LIMITS.tarGlobalRecords} global pax records`);
  }

  #member(
    header: TarHeader,
    flag: string,
    records: MemberRecords,
    {
      headerAt,
      longPath,
      longLink,
    }: { headerAt: number; longPath: ByteString | null; longLink: ByteString | null },
  ): ReadMember {
    // Go's reader, and so every runtime, prefers GNU's long names to those of pax.
    const path = records.get('GNU.sparse.name') ?? longPath ?? records.get('path') ?? header.path();
    const facts = `entry: ${show(path)}`;
    if (flag === 'S') this.refuse("sparse files in GNU's old format are not supported", headerAt, facts);
    const known = TYPES[flag];
    if (known === undefined) this.refuse(`unknown entry type "${show(flag)}"`, headerAt, facts);
    // Before ustar, a directory was a file whose name ended in a slash. A file of ustar's own type stays one, as in Go's reader.
    const type = flag === '\0' && path.endsWith('/') ? 'directory' : known;
    const wholeNumber = (key: string, offset: number, length: number): number => {
      const text = records.get(key);
      if (text === undefined) return header.number(offset, length, key);
      if (!/^[0-9]{1,16}$/.test(text)) this.refuse(`pax ${key} is not a whole number`, headerAt, facts);
      return Number(text);
    };
    const owner = (key: string, offset: number): number => {
      const id = wholeNumber(key, offset, 8);
      return id <= ID_MAX ? id : this.refuse(`${key} is out of range`, headerAt, facts);
    };
    const stored = wholeNumber('size', 124, 12);
    // Only files have contents; the size of other types is ignored.
    const storedBytes = known === 'file' ? stored : 0;
    const offset = this.#at;
    this.#skip(storedBytes);
    const contents =
      type === 'file' && records.isSparse()
        ? this.#sparse(records, offset, storedBytes, (rule) => this.refuse(rule, headerAt, facts))
        : { offset, sizeBytes: storedBytes };
    const isDevice = type === 'char' || type === 'block';
    return {
      type,
      path,
      link: longLink ?? records.get('linkpath') ?? header.text(157, 100),
      mode: header.number(100, 8, 'mode') & 0o7777,
      uid: owner('uid', 108),
      gid: owner('gid', 116),
      mtimeNs: this.#mtime(records, header, headerAt),
      major: isDevice ? header.number(329, 8, 'major') : 0,
      minor: isDevice ? header.number(337, 8, 'minor') : 0,
      xattrs: records
        .xattrs((rule) => this.refuse(rule, headerAt, facts))
        .filter(([key]) => canHave(type, key)),
      ...contents,
    };
  }

  #sparse(
    records: MemberRecords,
    offset: number,
    storedBytes: number,
    refuse: (rule: string) => never,
  ): Pick<ReadMember, 'offset' | 'sizeBytes' | 'segments'> {
    const { sizeBytes, segments, mapBytes } = readSparse(records, {
      storedBytes,
      read: (at, length) => this.#source.read(offset + at, Math.min(length, storedBytes - at)),
      refuse,
    });
    return { offset: offset + mapBytes, sizeBytes, segments };
  }

  #mtime(records: MemberRecords, header: TarHeader, headerAt: number): bigint {
    const text = records.get('mtime');
    if (text === undefined) {
      const seconds = header.signed(136, 12, 'mtime');
      if (BigInt.asIntN(64, seconds) !== seconds) this.refuse('mtime is out of range', headerAt);
      return seconds * 1_000_000_000n;
    }
    const parts = /^([-+]?)([0-9]{1,18})(?:\.([0-9]*))?$/.exec(text);
    if (parts === null) this.refuse('pax mtime is not a decimal number', headerAt);
    const ns = BigInt(parts[2]!) * 1_000_000_000n + BigInt((parts[3] ?? '').slice(0, 9).padEnd(9, '0'));
    return parts[1] === '-' ? -ns : ns;
  }
}

/** The members in archive order. */
export const readTar = (source: TarSource): Generator<ReadMember> => new TarReader(source).members();
