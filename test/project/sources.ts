// The project's own source files and what they import.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, normalize, resolve } from 'node:path';

/** Compiled tests lie in the checkout's build folder, or are run from the checkout. */
export const root = [resolve(import.meta.dirname, '../../..'), process.cwd()].find((folder) =>
  existsSync(join(folder, 'tsconfig.json')),
)!;

export const CODE_FOLDERS = ['harness', 'scenarios', 'results', 'report'] as const;

export interface Import {
  readonly from: string;
  /** A path in the project, or a package as written. */
  readonly to: string;
  readonly typeOnly: boolean;
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Relative paths of TypeScript files below a folder. */
export const sourcesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => join(folder, path))
    .sort();

const STATEMENT =
  /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'/gm;

export const importsOf = (path: string): Import[] =>
  [...read(path).matchAll(STATEMENT)].map(([, type, named, dynamic]) => {
    const target = (named ?? dynamic)!;
    return {
      from: path,
      to: target.startsWith('.') ? normalize(join(path, '..', target)) : target,
      typeOnly: type !== undefined,
    };
  });

/** The folder that the map of the architecture names. */
export const layerOf = (path: string): string => {
  const parts = path.split('/');
  if (path.startsWith('results/schema/')) return 'results/schema';
  return parts[0] === 'harness' ? parts.slice(0, 2).join('/') : parts[0]!;
};
