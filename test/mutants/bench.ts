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

/** A name that is missing: such a mutant is no fault that a person could make, and fails every test that runs its line. */
const NAMELESS = /\bReferenceError: .*|\bSyntaxError: The requested module .*/;

interface Kill {
  readonly test: string;
  /** The test did not fail: it did not end in time. */
  readonly late: boolean;
}

export interface MutantBench {
  /** The test file that fails, or null if the mutant survives. Throws if the mutant cannot be applied or lacks a name. */
  killer(mutant: Mutant): Promise<Kill | null>;
  /** Whether a test file passes without a mutant. */
  passes(test: string): Promise<boolean>;
  remove(): void;
}

interface TestRun {
  readonly passed: boolean;
  readonly late: boolean;
  readonly out: string;
}

const runTest = (program: string, limitMs: number): Promise<TestRun> => {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  // Benches start runs side by side, and other people may measure on this machine.
  const env = { ...inherited, CFSBENCH_LOCKS: '' };
  const options = { env, timeout: limitMs, maxBuffer: MAX_OUTPUT };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--test-reporter=spec', program], options, (error, stdout, stderr) =>
      resolve({ passed: error === null, late: error?.killed ?? false, out: stdout + stderr }),
    );
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

/** The first test that does not pass, or null. */
const firstKill = async (
  { tests }: Mutant,
  run: (test: string) => Promise<TestRun>,
): Promise<Kill | null> => {
  for (const test of tests) {
    const { passed, late, out } = await run(test);
    if (passed) continue;
    const nameless = NAMELESS.exec(out)?.[0];
    if (nameless !== undefined) throw new Error(`the mutant lacks a name: ${nameless}`);
    return { test, late };
  }
  return null;
};

/** `limitMs`: of one test file. */
export const openBench = (root: string, limitMs = TEST_LIMIT_MS): MutantBench => {
  const folder = copyBuild(root);
  const folders = { root, sources: join(folder, 'mutants'), outDir: join(folder, 'build') };
  const run = (test: string): Promise<TestRun> =>
    runTest(join(folder, 'build/test', `${test}.test.js`), limitMs);
  return {
    passes: async (test) => (await run(test)).passed,
    async killer(mutant) {
      const source = join(folders.sources, mutant.file);
      const built = join(folder, 'build', mutant.file.replace(/\.ts$/, '.js'));
      const original = readFileSync(built);
      mkdirSync(dirname(source), { recursive: true });
      writeFileSync(source, mutatedSource(readFileSync(join(root, mutant.file), 'utf8'), mutant));
      try {
        compile(source, folders);
        if (readFileSync(built).equals(original)) throw new Error(`${mutant.file}: compiles to the same`);
        return await firstKill(mutant, run);
      } finally {
        writeFileSync(built, original);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
