// Paths of arguments as a run publishes them: without their place on the machine.
import { relative, resolve } from 'node:path';

export const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith('../');
};

/** Relative to the working directory if it lies inside, else its last names. A relative path that stays inside is not changed. */
const publishedPath = (path: string, cwd: string, nameCount: number): string => {
  const full = resolve(cwd, path);
  if (!isInside(full, cwd)) return full.split('/').slice(1).slice(-nameCount).join('/');
  return path.startsWith('/') ? `./${relative(cwd, full)}` : path;
};

/** A path that begins with a slash or climbs, alone or after `=`, `:`, `,` or `;`. */
export const PATH_IN_ARGUMENT = /(?<=^|[=:,;])(?:\.\.)?\/[^,;:]*/g;

/** Options of the command line, arms and image sources name paths. */
export const publishedArgument = (argument: string, cwd: string, nameCount = 1): string =>
  argument.replace(PATH_IN_ARGUMENT, (path) => publishedPath(path, cwd, nameCount));

const MOST_NAMES = 16;

/** Different arguments stay different: paths keep as many of their last names as that takes. */
export const publishedArguments = (given: readonly string[], cwd: string): readonly string[] => {
  const count = new Set(given).size;
  for (let nameCount = 1; nameCount <= MOST_NAMES; nameCount++) {
    const published = given.map((argument) => publishedArgument(argument, cwd, nameCount));
    if (new Set(published).size === count) return published;
  }
  return given;
};
