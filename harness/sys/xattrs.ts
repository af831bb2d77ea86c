// Extended attributes of a path; symlinks are not followed. Paths, keys and values are bytes.
//
// Reads:  llistxattr(2), lgetxattr(2). Does: lsetxattr(2), fremovexattr(2).
// Error:  none: the buffer has the size of the kernel's largest list and value.
// Cost:   one call per path, and one per attribute.
import { type ByteString, fromBytes, show, toBytes } from '../model/bytes.ts';
import type { Xattr } from '../model/tree.ts';
import { bind, errnoName, fail, lastErrno } from './libc.ts';

type Read = (path: Uint8Array, into: Uint8Array, size: number) => number;
type ReadOne = (path: Uint8Array, key: Uint8Array, into: Uint8Array, size: number) => number;
type Write = (path: Uint8Array, key: Uint8Array, value: Uint8Array, size: number, flags: number) => number;

const llistxattr: Read = bind('llistxattr', 'const void *', 'void *', 'size_t');
const lgetxattr: ReadOne = bind('lgetxattr', 'const void *', 'const void *', 'void *', 'size_t');
const fremovexattr = bind<(fd: number, key: Uint8Array) => number>('fremovexattr', 'int', 'const void *');
const lsetxattr: Write = bind('lsetxattr', 'const void *', 'const void *', 'const void *', 'size_t', 'int');

// The kernel's limit for lists and for values.
const XATTR_MAX_BYTES = 65536;
const buffer = Buffer.alloc(XATTR_MAX_BYTES);
const NUL = Buffer.alloc(1);

const terminated = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, NUL]);

const failAt = (call: string, path: Uint8Array): never => fail(call, { facts: [show(fromBytes(path))] });

/** Keys in the kernel's order; empty if the file system has no attributes. */
export const listXattrs = (path: Uint8Array): ByteString[] => {
  const length = llistxattr(terminated(path), buffer, XATTR_MAX_BYTES);
  if (length < 0) {
    const code = errnoName(lastErrno());
    return code === 'EOPNOTSUPP' ? [] : failAt('llistxattr', path);
  }
  return length === 0 ? [] : buffer.toString('latin1', 0, length - 1).split('\0');
};

/** Null if the attribute does not exist. */
export const getXattr = (path: Uint8Array, key: ByteString): ByteString | null => {
  const length = lgetxattr(terminated(path), terminated(toBytes(key)), buffer, XATTR_MAX_BYTES);
  if (length >= 0) return buffer.toString('latin1', 0, length);
  const errno = lastErrno();
  const code = errnoName(errno);
  if (code === 'ENODATA' || code === 'EOPNOTSUPP') return null;
  return fail('lgetxattr', { facts: [show(fromBytes(path)), `attribute: ${show(key)}`] }, errno);
};

export const readXattrs = (path: Uint8Array): Xattr[] => {
  const all: Xattr[] = [];
  for (const key of listXattrs(path)) {
    const value = getXattr(path, key);
    if (value !== null) all.push([key, value]);
  }
  return all;
};

export const setXattr = (path: Uint8Array, key: ByteString, value: ByteString): void => {
  const bytes = toBytes(value);
  if (lsetxattr(terminated(path), terminated(toBytes(key)), bytes, bytes.length, 0) < 0)
    fail('lsetxattr', { facts: [show(fromBytes(path)), `attribute: ${show(key)}`] });
};

/** Of an open file or folder. Does nothing if it has no such attribute. */
export const removeXattr = (fd: number, key: ByteString): void => {
  if (fremovexattr(fd, terminated(toBytes(key))) === 0) return;
  const errno = lastErrno();
  if (!['ENODATA', 'EOPNOTSUPP'].includes(errnoName(errno)))
    fail('fremovexattr', { facts: [`attribute: ${show(key)}`] }, errno);
};
