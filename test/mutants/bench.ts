// A copy of the build in which one file at a time is wrong. Source and build of the project are only read.
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
/** Not in the copy: what is built into, and what the copy has of its own. */
const OWN = ['build', '.git'];
/** Of the build, what no test of a mutant needs. */
const UNNEEDED = /\/(daemon|daemon-tests|timed)$/;

export interface Bench {
  /** The test file that failed, or null: the mutant survives. Throws where the mutant is none. */
  killer(mutant: Mutant): Promise<string | null>;
  /** Whether a test file passes as things are. */
  passes(test: string): Promise<boolean>;
  remove(): void;
}

const passes = (program: string): Promise<boolean> => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, [program], { env, timeout: TEST_LIMIT_MS, maxBuffer: 1 << 28 }, (error) =>
      resolve(error === null),
    );
  });
};

export const openBench = (root: string): Bench => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-mutants-'));
  for (const name of readdirSync(root))
    if (!OWN.includes(name)) symlinkSync(join(root, name), join(folder, name));
  cpSync(join(root, 'build'), join(folder, 'build'), {
    recursive: true,
    filter: (path) => !UNNEEDED.test(path),
  });
  const sources = join(folder, 'wrong');
  const settings = join(sources, 'tsconfig.json');
  const testFile = (test: string): string => join(folder, 'build/test', `${test}.test.js`);

  /** That file alone: whether its types are right is nobody's question here. */
  const compile = (file: string): void => {
    const options = { noCheck: true, noResolve: true, types: [], incremental: false, sourceMap: false };
    const compilerOptions = { ...options, rootDir: sources, outDir: join(folder, 'build') };
    writeFileSync(
      settings,
      JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: [], files: [file] }),
    );
    const compiler = join(root, 'node_modules/.bin/tsc');
    const { status, stdout } = spawnSync(compiler, ['-p', settings], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${file} does not compile: ${stdout}`);
  };

  return {
    passes: (test) => passes(testFile(test)),
    async killer(mutant) {
      const source = join(sources, mutant.file);
      const built = join(folder, 'build', mutant.file.replace(/\.ts$/, '.js'));
      const right = readFileSync(built);
      mkdirSync(dirname(source), { recursive: true });
      writeFileSync(source, mutatedSource(readFileSync(join(root, mutant.file), 'utf8'), mutant));
      try {
        compile(source);
        if (readFileSync(built).equals(right)) throw new Error(`${mutant.file}: compiles to the same`);
        for (const test of mutant.tests) if (!(await passes(testFile(test)))) return test;
        return null;
      } finally {
        writeFileSync(built, right);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
