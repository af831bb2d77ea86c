// Gives every file below a folder the digest of its contents as an extended attribute.
//
// Does:   reads each file with contents once per name, and sets one attribute. Times do not change, except for ctime.
// Cost:   SHA-256 of all contents.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { DIGEST_KEY, digestValue } from '../model/inode-digests.ts';
import type { Machine } from '../model/machine.ts';

const PIECE_BYTES = 1 << 20;
const SEPARATOR = Buffer.from('/');

/** SHA-256; null if the file is empty. */
const digestOf = (path: Buffer, piece: Buffer): Buffer | null => {
  const hash = createHash('sha256');
  const fd = openSync(path, 'r');
  try {
    let bytes = 0;
    for (let got = readSync(fd, piece); got > 0; got = readSync(fd, piece)) {
      hash.update(piece.subarray(0, got));
      bytes += got;
    }
    return bytes === 0 ? null : hash.digest();
  } finally {
    closeSync(fd);
  }
};

export const setInodeDigests = ({ files }: Machine, folder: string): void => {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const below = (directory: Buffer): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true, encoding: 'buffer' })) {
      const path = Buffer.concat([directory, SEPARATOR, entry.name]);
      if (entry.isDirectory()) below(path);
      const digest = entry.isFile() ? digestOf(path, piece) : null;
      if (digest !== null) files.setXattr(path, DIGEST_KEY, digestValue(digest));
    }
  };
  below(Buffer.from(folder));
};
