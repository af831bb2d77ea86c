// Changes installed files, each in one way, and reports which changes per-file digests detect.
//
// Does: seals each file by its digest before the change; a seal is broken when the same inode has other contents afterwards.
//       fs-verity enforces the same rule; the digest here is computed in user space by the same algorithm.
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { toBytes } from '../model/bytes.ts';
import { verityDigest } from '../store/verity.ts';
import { setXattr } from '../sys/xattrs.ts';
import {
  ADDED_SUFFIX,
  TAMPERED_ATTRIBUTE,
  TAMPERED_OWNER,
  type Tampered,
  type Tampering,
} from './requests.ts';

const SET_USER_ID = 0o4755;

const contentsOf = (fd: number): Buffer => {
  const bytes = Buffer.alloc(fstatSync(fd).size);
  readSync(fd, bytes, 0, bytes.length, 0);
  return bytes;
};

export const flipByte = (path: string, offset: number): void => {
  const fd = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, offset);
  byte[0]! ^= 0xff;
  writeSync(fd, byte, 0, 1, offset);
  closeSync(fd);
};

const replace = (path: string, other: string): void => {
  copyFileSync(other, `${path}.new`);
  renameSync(`${path}.new`, path);
};

const CHANGE: Readonly<Record<Tampering['how'], (path: string, other: string, offset: number) => void>> = {
  content: (path, _other, offset) => flipByte(path, offset),
  mode: (path) => chmodSync(path, SET_USER_ID),
  owner: (path) => chownSync(path, TAMPERED_OWNER, TAMPERED_OWNER),
  attribute: (path) => setXattr(toBytes(path), TAMPERED_ATTRIBUTE, 'yes'),
  replaced: replace,
  rename: (path) => renameSync(path, `${path}~`),
  added: (path, other) => copyFileSync(other, `${path}${ADDED_SUFFIX}`),
  removed: (path) => unlinkSync(path),
};

export const tamper = (files: readonly Tampering[]): readonly Tampered[] => {
  const sealed = files.map(({ path }) => {
    const fd = openSync(path, 'r');
    return { fd, digest: verityDigest(contentsOf(fd)) };
  });
  for (const { how, path, other, offset = 0 } of files) CHANGE[how](path, other, offset);
  return sealed.map(({ fd, digest }, i) => {
    const sealBroken = verityDigest(contentsOf(fd)) !== digest;
    closeSync(fd);
    return { how: files[i]!.how, sealBroken };
  });
};
