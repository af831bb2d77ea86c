// One line of dump text: eleven fields, then attributes.
import type { ByteString } from '../model/bytes.ts';
import { FILE_TYPES, isDevice, isDirectory } from '../model/inode-type.ts';
import { type Inode, S_IFLNK, S_IFMT, S_IFREG } from '../model/tree.ts';
import {
  BrokenRule,
  decodeName,
  integer32,
  integer64,
  optionalBytes,
  optionalInteger32,
  optionalInteger64,
  optionalName,
} from './dump-fields.ts';
import type { XattrLists } from './dump-xattrs.ts';

const FIXED_FIELDS = 11;
const MAX_CONTENT_BYTES = 5000;
const MAX_PAYLOAD_BYTES = 4095;
const DIGEST = /^[0-9a-fA-F]{64}/;

type DumpLine =
  | { readonly kind: 'link'; readonly path: ByteString; readonly target: ByteString }
  | { readonly kind: 'inode'; readonly path: ByteString; readonly inode: Inode };

interface LineRules {
  readonly strict: boolean;
  readonly xattrs: XattrLists;
}

/** Fills `fields` with the fixed fields, which are empty if the line is short; returns the attribute list. */
const splitFields = (line: ByteString, fields: ByteString[]): ByteString => {
  let at = 0;
  for (let i = 0; i < FIXED_FIELDS; i++) {
    const space = at > line.length ? -1 : line.indexOf(' ', at);
    const end = space < 0 ? line.length : space;
    fields[i] = line.slice(at, end);
    at = end + 1;
  }
  return line.slice(at);
};

const parseMode = (raw: ByteString): number => {
  const mode = integer32('MODE', raw, 8) & 0xffff;
  if (!FILE_TYPES.has(mode & S_IFMT))
    throw new BrokenRule('MODE has no file type', 'a regular file is 100644, a directory 40755');
  return mode;
};

const parsePayload = (raw: ByteString): ByteString | null => {
  const payload = optionalName('PAYLOAD', raw);
  if (payload !== null && payload.length > MAX_PAYLOAD_BYTES)
    throw new BrokenRule(`PAYLOAD is longer than ${MAX_PAYLOAD_BYTES} bytes`);
  return payload;
};

const parseTime = (raw: ByteString): { mtimeSec: bigint; mtimeNsec: number } => {
  const dot = raw.indexOf('.');
  if (dot < 0) throw new BrokenRule('MTIME is not seconds.nanoseconds');
  return {
    mtimeSec: BigInt.asIntN(64, integer64('MTIME seconds', raw.slice(0, dot))),
    mtimeNsec: integer32('MTIME nanoseconds', raw.slice(dot + 1), 10),
  };
};

/** Like the reference, refuses bad text here only if UID in 64 bits is 0; otherwise bad text reads as 0. */
const lenientInteger = (field: string, raw: ByteString, uid: ByteString): number =>
  optionalInteger32(raw, 10) ?? (integer64('UID', uid) === 0n ? integer32(field, raw, 10) : 0);

const parseContent = (raw: ByteString, size: bigint, type: number): ByteString | null => {
  const content = optionalBytes('CONTENT', raw);
  if (content === null) return null;
  if (BigInt(content.length) !== size)
    throw new BrokenRule(
      'the length of CONTENT is not SIZE',
      `CONTENT has ${content.length} bytes, SIZE says ${size}`,
    );
  if (content.length > MAX_CONTENT_BYTES && type !== S_IFLNK)
    throw new BrokenRule(
      `CONTENT is longer than ${MAX_CONTENT_BYTES} bytes`,
      'store larger files as objects: give PAYLOAD and DIGEST instead',
    );
  return content;
};

const parseDigest = (text: ByteString | null): ByteString | null => {
  if (text === null) return null;
  if (!DIGEST.test(text))
    throw new BrokenRule('DIGEST is not 64 hexadecimal digits', 'write - for a file without a digest');
  return text.slice(0, 64).toLowerCase();
};

const parseLink = (path: ByteString, fields: readonly ByteString[]): DumpLine => {
  const mode = parseMode(fields[2]!.slice(1));
  if (isDirectory({ mode })) throw new BrokenRule('a directory cannot be a hard link');
  const target = parsePayload(fields[8]!);
  if (target === null)
    throw new BrokenRule(
      'a hard link has no target',
      'MODE begins with @, so PAYLOAD must be the path of the target',
    );
  return { kind: 'link', path, target };
};

const scratch: ByteString[] = [];

export const parseLine = (line: ByteString, { strict, xattrs }: LineRules): DumpLine => {
  const fields = scratch;
  const list = splitFields(line, fields);
  const path = decodeName('PATH', fields[0]!);
  if (path === '') throw new BrokenRule('PATH is empty', 'a dump has one entry per line and no empty lines');
  if (fields[2]!.startsWith('@')) return parseLink(path, fields);
  const mode = parseMode(fields[2]!);
  const type = mode & S_IFMT;
  const givenSize = integer64('SIZE', fields[1]!);
  const nlink = integer32('NLINK', fields[3]!, 10);
  const uid = integer32('UID', fields[4]!, 10);
  const gid = lenientInteger('GID', fields[5]!, fields[4]!);
  const rdev = lenientInteger('RDEV', fields[6]!, fields[4]!);
  const { mtimeSec, mtimeNsec } = parseTime(fields[7]!);
  const payload = parsePayload(fields[8]!);
  const content = parseContent(fields[9]!, givenSize, type);
  const digest = optionalName('DIGEST', fields[10]!);
  if (type === S_IFLNK && (payload ?? '') === '') throw new BrokenRule('a symlink has no target');
  if (strict) {
    if (!isDevice({ mode }) && (optionalInteger64(fields[6]!) ?? 0n) !== 0n)
      throw new BrokenRule('RDEV is not 0, but the entry is not a device');
    if (type === S_IFLNK && givenSize !== BigInt(payload!.length))
      throw new BrokenRule('SIZE of a symlink is not the length of its target');
    if (type === S_IFLNK && content !== null && content !== '') throw new BrokenRule('a symlink has CONTENT');
  }
  const inlined = type === S_IFREG && content !== null && content !== '' ? content : null;
  const elsewhere = type === S_IFREG && givenSize > 0n && inlined === null;
  return {
    kind: 'inode',
    path,
    inode: {
      mode,
      nlink,
      uid,
      gid,
      rdev: isDevice({ mode }) ? rdev : 0,
      size: type === S_IFLNK ? BigInt(payload!.length) : givenSize,
      mtimeSec,
      mtimeNsec,
      payload: type === S_IFLNK || elsewhere ? payload : null,
      content: inlined,
      digest: elsewhere ? parseDigest(digest) : null,
      xattrs: xattrs.parse(list),
    },
  };
};
