// Manifests kept between runs, each under a digest of everything that it is made of. The files are
// untrusted: one that does not end with the digest of its contents is made again.
//
// Needs:   a folder of this user, locked by the caller.
// Does:    one file per manifest, `KEY.cfs`: the manifest, then its fs-verity digest in 64 hex digits.
// Error:   a wrong or short file is made again. Somebody with this user's rights can write a false manifest with the right digest: the
//          proof finds it if it draws that member.
// Leaves:  `.cfsbench-new-…` when it dies while it writes; the next trim removes it.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ResultsError } from '../../results/errors.ts';
import { readRegular } from '../../results/files.ts';
import { openReplacement, TEMPORARY_PREFIX } from '../../results/write-file.ts';
import { LIMITS } from '../model/input-limits.ts';
import { verityDigest } from '../store/verity.ts';

const SUFFIX = '.cfs';
const OWN_MODE = 0o600;
const DIGEST_BYTES = 64;
const MOST_BYTES = 4 * 2 ** 30;

/** The digest of a manifest that is as it was written; null for anything else. */
export interface CachedManifest {
  readonly bytes: Buffer;
  readonly digest: string;
}

export interface ManifestCache {
  read(key: string): CachedManifest | null;
  /** False if the file system refuses it: a cache is no reason to fail. */
  write(key: string, manifest: CachedManifest): boolean;
}

const fileIn = (dir: string, key: string): string => join(dir, `${key}${SUFFIX}`);

export const manifestCache = (dir: string): ManifestCache => ({
  read(key) {
    let file: Buffer;
    try {
      file = readRegular(fileIn(dir, key), { mostBytes: LIMITS.imageBytes });
    } catch (error) {
      if (error instanceof ResultsError) return null;
      throw error;
    }
    const bytes = file.subarray(0, Math.max(0, file.length - DIGEST_BYTES));
    const digest = file.toString('latin1', bytes.length);
    return verityDigest(bytes) === digest ? { bytes, digest } : null;
  },
  write(key, { bytes, digest }) {
    try {
      const output = openReplacement(fileIn(dir, key), { mode: OWN_MODE });
      try {
        output.write(bytes);
        output.write(digest);
        output.commit();
        return true;
      } catch (error) {
        output.discard();
        throw error;
      }
    } catch (error) {
      if (error instanceof ResultsError) return false;
      throw error;
    }
  },
});

/** Removes what killed processes left, and the oldest manifests beyond `mostBytes`. */
export const trimManifests = (dir: string, mostBytes = MOST_BYTES): void => {
  const files = readdirSync(dir).flatMap((name) => {
    if (name.startsWith(TEMPORARY_PREFIX)) rmSync(join(dir, name), { force: true });
    if (!name.endsWith(SUFFIX)) return [];
    const { size, mtimeMs } = statSync(join(dir, name));
    return [{ path: join(dir, name), size, mtimeMs }];
  });
  files.sort((a, b) => b.mtimeMs - a.mtimeMs);
  let kept = 0;
  for (const { path, size } of files) {
    kept += size;
    if (kept > mostBytes) rmSync(path, { force: true });
  }
};
