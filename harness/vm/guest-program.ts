// This program as a disk of a guest: Node.js, the compiled files, the packages that they need. Made again when a file changed.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VmCache } from './cache.ts';
import { packFolder } from './disks.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const DIGEST_DIGITS = 16;
const PREFIX = 'program-';

interface LockedPackage {
  readonly dev?: boolean;
}

/** Folders of packages that are installed and needed at run time. */
const packagesHere = (): readonly string[] => {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true && existsSync(join(ROOT, path)))
    .map(([path]) => path);
};

const partsHere = (): readonly string[] => [
  ...['daemon', 'harness', 'report', 'results', 'scenarios', 'timed'].map((name) => join('build', name)),
  'fixtures',
  'package.json',
  ...packagesHere(),
];

const filesOf = (path: string): readonly string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [path];

/** By names, sizes and times. */
const digestOf = (paths: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesOf).sort()) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(ROOT, path)}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest('hex').slice(0, DIGEST_DIGITS);
};

/** The path of an ext4. */
export const openGuestProgram = async (cache: VmCache): Promise<string> => {
  const parts = partsHere();
  const name = `${PREFIX}${digestOf([...parts.map((part) => join(ROOT, part)), process.execPath])}`;
  const disk = await cache.part(name, async (path) => {
    const tree = join(cache.scratch, 'program');
    for (const part of parts) {
      mkdirSync(dirname(join(tree, part)), { recursive: true });
      cpSync(join(ROOT, part), join(tree, part), { recursive: true, preserveTimestamps: true });
    }
    copyFileSync(process.execPath, join(tree, 'node'));
    await packFolder(tree, path);
    rmSync(tree, { recursive: true });
  });
  cache.removeOthers(PREFIX, name);
  return disk;
};
