// The state of one path as a program sees it: mode, owner, contents and attributes, or the errno.
import { lstatSync, readFileSync } from 'node:fs';
import { toBytes } from '../model/bytes.ts';
import { verityDigest } from '../store/verity.ts';
import { readXattrs } from '../sys/xattrs.ts';
import type { PathState } from './requests.ts';

export const pathState = (path: string): PathState => {
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
