// The files and folders that this program consists of, in a checkout and in an installed package.
//
// Source: https://nodejs.org/docs/latest-v20.x/api/modules.html#loading-from-node_modules-folders
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { UserError } from '../model/errors.ts';
import { serverPath, timedLibrary, workersProgram } from '../native/paths.ts';

export interface ProgramPart {
  /** Absolute. */
  readonly from: string;
  /** Below the folder of the program in the guest. */
  readonly to: string;
}

const COMPILED = ['harness', 'report', 'results', 'scenarios'].map((name) => join('build', name));
const NATIVE: readonly ProgramPart[] = [
  { from: serverPath, to: join('build', 'daemon', basename(serverPath)) },
  { from: timedLibrary, to: join('build', 'timed', basename(timedLibrary)) },
  { from: workersProgram, to: join('build', 'timed', basename(workersProgram)) },
];

interface PackageFile {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const packageFile = (folder: string): PackageFile =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFile;

/** The folder from which Node.js loads a package for a file in `from`; null: it is not installed. */
const installed = (name: string, from: string): string | null => {
  const folder = join(from, 'node_modules', name);
  if (existsSync(join(folder, 'package.json'))) return folder;
  return dirname(from) === from ? null : installed(name, dirname(from));
};

/** npm installs packages inside `root`, or beside it. */
const placeOf = (folder: string, root: string): string => {
  const inside = relative(root, folder);
  return inside.startsWith('..') ? join('node_modules', relative(dirname(root), folder)) : inside;
};

/** The packages that are needed at run time, those of packages too. */
const packagesOf = (root: string): readonly ProgramPart[] => {
  const found = new Map<string, ProgramPart>();
  const add = (name: string, from: string, isOptional: boolean): void => {
    const folder = installed(name, from);
    if (folder === null) {
      if (isOptional) return;
      throw new UserError(`the npm package ${name} is not installed`, {
        exit: 4,
        hint: `npm ci, in ${root}`,
      });
    }
    if (found.has(folder)) return;
    found.set(folder, { from: folder, to: placeOf(folder, root) });
    addAll(folder);
  };
  const addAll = (folder: string): void => {
    const { dependencies = {}, optionalDependencies = {} } = packageFile(folder);
    for (const name of Object.keys(optionalDependencies)) add(name, folder, true);
    for (const name of Object.keys(dependencies))
      add(name, folder, Object.hasOwn(optionalDependencies, name));
  };
  addAll(root);
  return [...found.values()];
};

/** `root`: the folder of this package. Throws if a part is missing. */
export const programParts = (
  root: string,
  native: readonly ProgramPart[] = NATIVE,
): readonly ProgramPart[] => {
  const missing = native.filter(({ from }) => !existsSync(from));
  if (missing.length > 0)
    throw new UserError('the FUSE server and the library of timed windows are not compiled', {
      exit: 4,
      facts: missing.map(({ from }) => from),
      hint: 'cfsbench doctor',
    });
  const own = [...COMPILED, 'fixtures', 'package.json'].map((to) => ({ from: join(root, to), to }));
  return [...own, ...native, ...packagesOf(root)];
};
