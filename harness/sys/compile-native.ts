// Compiles the C programs at the first use of an installed package.
//
// Error:   without a compiler, or a folder to compile into, they are missing, and everything that needs them is skipped; the reason is
//          printed.
// Cost:    2 s once.
// Leaves:  the compiled files.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CACHE, makeEach, type OwnPlace, ownPlace } from '../native/own-place.ts';
import { cannotCompile, compiledAtFirstUse, PACKAGE, SOURCES } from '../native/paths.ts';
import { runTool } from './tool.ts';

const NAME_BYTES = 4;
const LIMIT_MS = 120_000;
const LAST_LINES = 8;
const PRIVATE = 0o700;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const compileInto = async (target: string): Promise<boolean> => {
  for (const name of SOURCES) {
    const argv = ['sh', join(PACKAGE, name, 'build.sh'), join(target, name)];
    const end = await runTool(argv, { limitMs: LIMIT_MS });
    if (end.status === 0) continue;
    const lines = end.stderr.trim().split('\n').slice(-LAST_LINES);
    say(
      [`${name} does not compile (${end.how}): everything that needs it is skipped`, ...lines].join('\n  '),
    );
    return false;
  }
  return true;
};

const moveInPlace = (from: string, to: string): void => {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error; // Else another process was faster.
  }
};

const PROGRAMS = 'the FUSE server and the library of timed windows';

const sayWithout = (reason: string): void => {
  say(
    [
      `${PROGRAMS} cannot be compiled: everything that needs them is skipped`,
      reason,
      'try: XDG_CACHE_HOME=DIR with a folder that only this user can write to',
    ].join('\n  '),
  );
};

/** Throws the error of the first folder that cannot be made. */
const makeFolders = (place: OwnPlace, target: string): void => {
  makeEach(place);
  let path = place.base;
  for (const name of place.names) {
    path = join(path, name);
    if (!existsSync(path)) mkdirSync(path, PRIVATE);
  }
  mkdirSync(target, PRIVATE);
};

/** At the first use of an installed package; else it does nothing. */
export const compileAtFirstUse = async (): Promise<void> => {
  if (cannotCompile !== null) {
    sayWithout(cannotCompile);
    return;
  }
  const folder = compiledAtFirstUse;
  const place = ownPlace(CACHE);
  if (folder === null || place === null || existsSync(folder)) return;
  const target = `${folder}.${randomBytes(NAME_BYTES).toString('hex')}`;
  try {
    makeFolders({ ...place, names: [...place.names, 'native'] }, target);
  } catch (error) {
    sayWithout((error as Error).message);
    return;
  }
  try {
    say(`compiling ${PROGRAMS} into ${dirname(target)} (first use)`);
    if (await compileInto(target)) moveInPlace(target, folder);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
};
