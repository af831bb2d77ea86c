// A copy of the build in which one file at a time is replaced by its mutant. Source and build of the project are only read.
import { execFile, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Mutant, mutatedSource } from './mutant.ts';

const TEST_LIMIT_MS = 120_000;
const MAX_OUTPUT = 1 << 28;
/** Not linked: the copy has its own build. */
const UNLINKED = ['build', '.git'];
/** Parts of the build that no test of a mutant needs. */
const UNNEEDED = /\/(daemon|daemon-tests|timed)$/;

export interface MutantBench {
  /** The test file that fails, or null if the mutant survives. Throws if the mutant cannot be applied. */
  killer(mutant: Mutant): Promise<string | null>;
  /** Whether a test file passes without a mutant. */
  passes(test: string): Promise<boolean>;
  remove(): void;
}

const passes = (program: string): Promise<boolean> => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const options = { env, timeout: TEST_LIMIT_MS, maxBuffer: MAX_OUTPUT };
  return new Promise((resolve) => {
    execFile(process.execPath, [program], options, (error) => resolve(error === null));
  });
};

const copyBuild = (root: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-mutants-'));
  for (const name of readdirSync(root))
    if (!UNLINKED.includes(name)) symlinkSync(join(root, name), join(folder, name));
  cpSync(join(root, 'build'), join(folder, 'build'), {
    recursive: true,
    filter: (path) => !UNNEEDED.test(path),
  });
  return folder;
};

interface CompileFolders {
  readonly root: string;
  readonly sources: string;
  readonly outDir: string;
}

/** One file by itself, without a check of its types. */
const compile = (file: string, { root, sources, outDir }: CompileFolders): void => {
  const options = { noCheck: true, noResolve: true, types: [], incremental: false, sourceMap: false };
  const compilerOptions = { ...options, rootDir: sources, outDir };
  const project = join(sources, 'tsconfig.json');
  writeFileSync(
    project,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: [], files: [file] }),
  );
  const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', project], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${file} does not compile: ${stdout}`);
};

export const openBench = (root: string): MutantBench => {
  const folder = copyBuild(root);
  const folders = { root, sources: join(folder, 'mutants'), outDir: join(folder, 'build') };
  const testFile = (test: string): string => join(folder, 'build/test', `${test}.test.js`);
  return {
    passes: (test) => passes(testFile(test)),
    async killer(mutant) {
      const source = join(folders.sources, mutant.file);
      const built = join(folder, 'build', mutant.file.replace(/\.ts$/, '.js'));
      const original = readFileSync(built);
      mkdirSync(dirname(source), { recursive: true });
      writeFileSync(source, mutatedSource(readFileSync(join(root, mutant.file), 'utf8'), mutant));
      try {
        compile(source, folders);
        if (readFileSync(built).equals(original)) throw new Error(`${mutant.file}: compiles to the same`);
        for (const test of mutant.tests) if (!(await passes(testFile(test)))) return test;
        return null;
      } finally {
        writeFileSync(built, original);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
