// Helpers of the sources with real files.
import { type ByteString, toBytes } from '../model/bytes.ts';
import { type Inode, S_IFMT, S_IFREG } from '../model/tree.ts';
import { objectPath } from '../store/objects.ts';

/** Like mkcomposefs, keeps the contents of files up to this size inside the image. */
const INLINE_MAX_BYTES = 64;

export const isInline = (mode: number, size: bigint): boolean =>
  (mode & S_IFMT) === S_IFREG && size > 0n && size <= BigInt(INLINE_MAX_BYTES);

/** Payload and digest fields for contents with this digest. */
export const objectOf = (digest: string): Pick<Inode, 'payload' | 'digest'> => ({
  payload: objectPath(digest),
  digest,
});

const TABLE_NAME_MAX = 255;

/** The text as printable ASCII, for tables. A tag in an OCI layout may have megabytes. */
export const tableName = (text: ByteString): string =>
  text
    .slice(0, TABLE_NAME_MAX)
    .replace(/[^\x21-\x7e]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'image';

export const secondsAndNanoseconds = (ns: bigint): { mtimeSec: bigint; mtimeNsec: number } => {
  const nsec = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return { mtimeSec: (ns - nsec) / 1_000_000_000n, mtimeNsec: Number(nsec) };
};

/** The fields of a status by which a change is seen. */
interface SeenStat {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly ctimeNs: bigint;
  readonly size: bigint;
}

export const isSame = (a: SeenStat, b: SeenStat): boolean =>
  a.dev === b.dev && a.ino === b.ino && a.ctimeNs === b.ctimeNs && a.size === b.size;

export const pathBuffer = (directory: Buffer, name: ByteString): Buffer =>
  Buffer.concat([directory, Buffer.from('/'), toBytes(name)]);
