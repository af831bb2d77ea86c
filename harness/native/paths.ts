// Where the compiled C programs are: the FUSE server and the library of timed windows. A checkout has them in build, an installed
// package in the cache folder of the user, one folder per state of the sources and kind of machine.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachePath, isOnlyOurs } from './own-place.ts';

export const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));
const BUILT = join(PACKAGE, 'build');
/** Folders with a build.sh. */
export const SOURCES = ['daemon', 'timed'];
const SHARED_SCRIPT = join('scripts', 'c-build.sh');
const ID_DIGITS = 16;

/** Only a checkout has the script of its set-up, which compiles. */
const isCheckout = existsSync(join(PACKAGE, 'scripts', 'setup'));

const sourceFiles = (): readonly string[] =>
  [
    ...SOURCES.flatMap((folder) =>
      readdirSync(join(PACKAGE, folder), { encoding: 'utf8', recursive: true })
        .filter((name) => /\.(?:c|h|sh)$/.test(name))
        .map((name) => join(folder, name)),
    ),
    SHARED_SCRIPT,
  ].sort();

const sourcesId = (): string => {
  const hash = createHash('sha256').update(arch());
  for (const name of sourceFiles()) hash.update(`\0${name}\0`).update(readFileSync(join(PACKAGE, name)));
  return hash.digest('hex').slice(0, ID_DIGITS);
};

const isShipped = isCheckout || existsSync(join(BUILT, 'daemon', 'cfs-fuse'));

/** The folder that the first use of an installed package makes; null in a checkout, and without a home of this user. */
export const compiledAtFirstUse = ((): string | null => {
  const cache = isShipped ? null : cachePath();
  return cache === null ? null : join(cache, 'native', sourcesId());
})();

const folder = compiledAtFirstUse ?? BUILT;

const canBeUsed = compiledAtFirstUse === null || !existsSync(folder) || isOnlyOurs(folder);

/** Why no run compiles the programs, or uses those that are there. Null: they are shipped, or a run compiles them where they are missing. */
export const cannotCompile = ((): string | null => {
  if (isShipped) return null;
  if (compiledAtFirstUse === null) return 'no home folder belongs to this user';
  return canBeUsed ? null : `others can write to ${folder}`;
})();

/** The path of a compiled file; it may not exist. */
const compiled = (...names: readonly string[]): string =>
  canBeUsed ? join(folder, ...names) : join(BUILT, ...names);

export const serverPath = compiled('daemon', 'cfs-fuse');
export const timedLibrary = compiled('timed', 'libtimed.so');
export const workersProgram = compiled('timed', 'workers');
