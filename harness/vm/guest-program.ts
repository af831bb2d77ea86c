// This program as a disk of a guest: Node.js, the compiled files, the packages that they need. Made again when a file changed.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PACKAGE } from '../native/paths.ts';
import type { VmCache } from './cache.ts';
import { packFolder } from './disks.ts';
import { type ProgramPart, programParts } from './program-parts.ts';

const DIGEST_DIGITS = 16;
const PREFIX = 'program-';

const filesOf = (path: string): readonly string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [path];

/** By names, sizes and times. */
const digestOf = (parts: readonly ProgramPart[]): string => {
  const hash = createHash('sha256');
  for (const { from, to } of parts)
    for (const path of [...filesOf(from)].sort()) {
      const { size, mtimeMs } = statSync(path);
      hash.update(`${to}\0${relative(from, path)}\0${size}\0${mtimeMs}\0`);
    }
  return hash.digest('hex').slice(0, DIGEST_DIGITS);
};

/** The path of an ext4. */
export const openGuestProgram = async (cache: VmCache): Promise<string> => {
  const parts = [...programParts(PACKAGE), { from: process.execPath, to: 'node' }];
  const name = `${PREFIX}${digestOf(parts)}`;
  const disk = await cache.part(name, async (path) => {
    const tree = join(cache.scratch, 'program');
    for (const { from, to } of parts) {
      mkdirSync(dirname(join(tree, to)), { recursive: true });
      cpSync(from, join(tree, to), { recursive: true, dereference: true, preserveTimestamps: true });
    }
    await packFolder(tree, path);
    rmSync(tree, { recursive: true });
  });
  cache.removeOthers(PREFIX, name);
  return disk;
};
