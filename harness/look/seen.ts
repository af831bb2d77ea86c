// One path as whoever opens it sees it: mode, owner, contents, names of attributes; or the errno.
import { lstatSync, readFileSync } from 'node:fs';
import { toBytes } from '../model/bytes.ts';
import { verityDigest } from '../store/verity.ts';
import { readXattrs } from '../sys/xattrs.ts';
import type { Seen } from './questions.ts';

export const seenOf = (path: string): Seen => {
  try {
    const stats = lstatSync(path);
    return {
      error: null,
      mode: stats.mode,
      uid: stats.uid,
      digest: stats.isFile() ? verityDigest(readFileSync(path)) : null,
      attributes: readXattrs(toBytes(path)).map(([key, value]) => `${key}=${value}`),
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { error: code, mode: 0, uid: 0, digest: null, attributes: [] };
  }
};
