// The state of one path as a program sees it: mode, owner, contents and attributes, or the call that failed and its errno.
import { closeSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { toBytes } from '../model/bytes.ts';
import { verityDigest } from '../store/verity.ts';
import { errnoName } from '../sys/libc.ts';
import { readXattrs } from '../sys/xattrs.ts';
import type { PathState } from './requests.ts';

export const pathState = (path: string): PathState => {
  let step: PathState['failed'] = 'lookup';
  let fd: number | null = null;
  try {
    const stats = lstatSync(path);
    step = 'open';
    // A fifo would wait for a writer.
    if (stats.isFile()) fd = openSync(path, 'r');
    step = 'read';
    return {
      error: null,
      failed: null,
      mode: stats.mode,
      uid: stats.uid,
      digest: fd === null ? null : verityDigest(readFileSync(fd)),
      attributes: readXattrs(toBytes(path)).map(([key, value]) => `${key}=${value}`),
    };
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    // Node.js has no names for errors of damage, such as EUCLEAN.
    const name = errno === undefined ? code : errnoName(Math.abs(errno));
    return { error: name, failed: step, mode: 0, uid: 0, digest: null, attributes: [] };
  } finally {
    if (fd !== null) closeSync(fd);
  }
};
