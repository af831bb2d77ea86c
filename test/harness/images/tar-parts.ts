// Headers and extended headers of tar archives for tests, also invalid ones.
import { memberHeader, padding, type TarMember } from '../../../harness/store/tar-header.ts';

const PLAIN: TarMember = {
  path: 'file',
  type: '0',
  mode: 0o644,
  uid: 1,
  gid: 2,
  sizeBytes: 0,
  mtimeSec: 5n,
  mtimeNsec: 0,
  link: '',
  major: 0,
  minor: 0,
  xattrs: [],
};

export const header = (some: Partial<TarMember> = {}): Buffer => memberHeader({ ...PLAIN, ...some });

/** A header with replaced bytes and a correct checksum. */
export const patched = (block: Buffer, offset: number, bytes: string): Buffer => {
  const copy = Buffer.from(block);
  copy.write(bytes, offset, 'latin1');
  copy.write('        ', 148, 'latin1');
  const sum = copy.reduce((total, byte) => total + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return copy;
};

/** An extended header: of pax (`x`, `g`) or GNU (`L`, `K`). */
export const metaHeader = (flag: 'x' | 'g' | 'L' | 'K', body: Buffer): Buffer =>
  Buffer.concat([patched(header({ sizeBytes: body.length }), 156, flag), body, padding(body.length)]);

export const paxRecord = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (`${length}`.length + rest.length !== length) length++;
  return `${length}${rest}`;
};

/** `records`: KEY=VALUE. */
export const pax = (flag: 'x' | 'g', ...records: string[]): Buffer =>
  metaHeader(
    flag,
    Buffer.from(
      records
        .map((record) => {
          const equals = record.indexOf('=');
          return paxRecord(record.slice(0, equals), record.slice(equals + 1));
        })
        .join(''),
      'latin1',
    ),
  );
