// Headers of a POSIX pax archive, names and attributes as raw bytes.
//
// Source: POSIX.1-2017 pax (ustar Interchange Format, pax Extended Header); SCHILY.xattr.* as GNU tar 1.34 reads it.
import type { ByteString } from '../model/bytes.ts';

const TAR_BLOCK_BYTES = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const OCTAL_7_MAX = 0o7777777;
const OCTAL_11_MAX = 0o77777777777;

export interface TarMember {
  readonly path: ByteString;
  /** `0` file, `1` hard link, `2` symlink, `3` char, `4` block, `5` directory, `6` fifo. */
  readonly type: '0' | '1' | '2' | '3' | '4' | '5' | '6';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtimeSec: bigint;
  readonly mtimeNsec: number;
  readonly link: ByteString;
  readonly major: number;
  readonly minor: number;
  readonly xattrs: readonly (readonly [ByteString, ByteString])[];
}

const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;

/** Length of the ustar prefix that makes the path fit, 0 if it fits without, null if it does not fit. */
const prefixLength = (path: ByteString): number | null => {
  if (path.length <= NAME_BYTES) return 0;
  const cut = path.indexOf('/', path.length - NAME_BYTES - 1);
  return cut > 0 && cut <= PREFIX_BYTES && cut < path.length - 1 ? cut : null;
};

const record = (key: string, value: ByteString): ByteString => {
  const body = ` ${key}=${value}\n`;
  let length = body.length + String(body.length).length;
  if (String(length).length + body.length !== length) length++;
  return length + body;
};

/** Seconds as a decimal fraction: -1 s + 500000000 ns is -0.5. */
const decimalTime = (sec: bigint, nsec: number): string => {
  const total = sec * 1_000_000_000n + BigInt(nsec);
  const magnitude = total < 0n ? -total : total;
  const fraction = (magnitude % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `${total < 0n ? '-' : ''}${magnitude / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}`;
};

const header = (fields: {
  path: ByteString;
  prefix: ByteString;
  type: string;
  member: TarMember;
  sizeBytes: number;
}): Buffer => {
  const { member } = fields;
  const fits = (value: number, max: number): number => (value <= max ? value : 0);
  const sec = member.mtimeSec;
  const text =
    fields.path.slice(0, NAME_BYTES).padEnd(NAME_BYTES, '\0') +
    octal(member.mode & 0o7777, 7) +
    octal(fits(member.uid, OCTAL_7_MAX), 7) +
    octal(fits(member.gid, OCTAL_7_MAX), 7) +
    octal(fits(fields.sizeBytes, OCTAL_11_MAX), 11) +
    octal(sec >= 0n && sec <= OCTAL_11_MAX ? Number(sec) : 0, 11) +
    '        ' +
    fields.type +
    member.link.slice(0, NAME_BYTES).padEnd(NAME_BYTES, '\0') +
    'ustar\0' +
    '00' +
    '\0'.repeat(64) +
    octal(fits(member.major, OCTAL_7_MAX), 7) +
    octal(fits(member.minor, OCTAL_7_MAX), 7) +
    fields.prefix.padEnd(PREFIX_BYTES, '\0');
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  block.write(text, 'latin1');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
};

const extended = (member: TarMember, needsPath: boolean): ByteString => {
  let records = '';
  if (needsPath) records += record('path', member.path);
  if (member.link.length > NAME_BYTES) records += record('linkpath', member.link);
  if (member.sizeBytes > OCTAL_11_MAX) records += record('size', String(member.sizeBytes));
  if (member.uid > OCTAL_7_MAX) records += record('uid', String(member.uid));
  if (member.gid > OCTAL_7_MAX) records += record('gid', String(member.gid));
  if (member.mtimeNsec !== 0 || member.mtimeSec < 0n || member.mtimeSec > OCTAL_11_MAX)
    records += record('mtime', decimalTime(member.mtimeSec, member.mtimeNsec));
  // `=` ends a keyword, so GNU tar writes and reads it as %3D, and % as %25.
  for (const [key, value] of member.xattrs)
    records += record(`SCHILY.xattr.${key.replaceAll('%', '%25').replaceAll('=', '%3D')}`, value);
  return records;
};

export const padding = (sizeBytes: number): Buffer =>
  Buffer.alloc((TAR_BLOCK_BYTES - (sizeBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES);

/** All blocks before a member's contents. */
export const memberHeader = (member: TarMember): Buffer => {
  const prefixBytes = prefixLength(member.path);
  const records = Buffer.from(extended(member, prefixBytes === null), 'latin1');
  const own = header({
    path: prefixBytes === null || prefixBytes === 0 ? member.path : member.path.slice(prefixBytes + 1),
    prefix: prefixBytes === null ? '' : member.path.slice(0, prefixBytes),
    type: member.type,
    member,
    sizeBytes: member.sizeBytes,
  });
  if (records.length === 0) return own;
  const plain: TarMember = {
    ...member,
    mode: 0o644,
    uid: 0,
    gid: 0,
    link: '',
    major: 0,
    minor: 0,
    mtimeSec: 0n,
  };
  const before = header({ path: 'pax', prefix: '', type: 'x', member: plain, sizeBytes: records.length });
  return Buffer.concat([before, records, padding(records.length), own]);
};

/** Two zero blocks. */
export const TAR_END = Buffer.alloc(2 * TAR_BLOCK_BYTES);
