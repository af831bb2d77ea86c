// Temporary folders, a private mount namespace, and a small image with an object.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { parseDump } from '../../../harness/images/dump-text.ts';
import type { Files } from '../../../harness/model/machine.ts';
import type { OpenFolder } from '../../../harness/sys/folder-lock.ts';
import { bind } from '../../../harness/sys/libc.ts';
import { machineFiles } from '../../../harness/sys/machine.ts';
import { makeMarkedFolder } from '../../../harness/sys/marked-folder.ts';
import { isRealRoot } from '../../../harness/sys/namespace-probe.ts';
import { findProgram } from '../../../harness/sys/spawn.ts';

/** As on a machine without the C library: no operation on many files at once. */
export const stepwiseFiles: Files = { ...machineFiles, batch: null };

/** For the `skip` option of a test. */
export const needsRoot: string | false = isRealRoot() ? false : 'needs root in the initial user namespace';

/** Folders from the root to a path, without the root. */
const foldersTo = (path: string): readonly string[] =>
  path === dirname(path) ? [] : [...foldersTo(dirname(path)), path];

/** Above this file, or above a Node.js that npx has brought into the home of root. */
const closedFolder = [import.meta.dirname, process.execPath]
  .flatMap(foldersTo)
  .find((path) => (statSync(path).mode & 0o001) === 0);

/** For tests in which root starts the compiled program as another user. */
export const needsOtherUser: string | false =
  needsRoot || (closedFolder === undefined ? false : `other users cannot enter ${closedFolder}`);

export const needsCompiler: string | false = ['cc', 'gcc', 'clang'].some((name) => findProgram(name) !== null)
  ? false
  : 'needs a C compiler';

export const temporaryFolder = (t: TestContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'cfsbench-test-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

/** Sets a variable of the environment until the test ends. */
export const setVariable = (t: TestContext, name: string, value: string): void => {
  const before = process.env[name];
  process.env[name] = value;
  t.after(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
};

const TIMED = new URL('../../../harness/sys/timed.js', import.meta.url).href;

/** How a process makes the calls of its windows in this environment: a library that does not load is replaced silently. */
export const windowKindWith = (env: NodeJS.ProcessEnv): string => {
  const script = `import { windowKind } from '${TIMED}'; process.stdout.write(windowKind);`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
};

/** A new work folder, as a run makes it. */
export const makeWork = (path: string): OpenFolder => makeMarkedFolder(path, { run: 'test', results: null });

const LIMIT_MS = 60_000;
const STEP_MS = 5;

/** Polls until the condition holds; throws after a minute. */
export const until = async (what: string, condition: () => boolean): Promise<void> => {
  for (const end = Date.now() + LIMIT_MS; !condition(); await sleep(STEP_MS))
    if (Date.now() > end) throw new Error(`timeout: ${what}`);
};

/** Waits until the arguments of a new child are readable. */
export const untilNamed = (pid: number, words: string): Promise<void> =>
  until(
    `${pid} is ${words}`,
    () => readFileSync(`/proc/${pid}/cmdline`, 'latin1') === `${words.split(' ').join('\0')}\0`,
  );

const CLONE_NEWNS = 0x20000;
const MS_REC = 0x4000;
const MS_PRIVATE = 0x40000;

/** Moves this thread and its future children into a private mount namespace. */
export const privateMounts = (): void => {
  const unshare = bind<(flags: number) => number>('unshare', 'int');
  const mount = bind<(from: null, at: string, type: null, flags: number, data: null) => number>(
    'mount',
    'void *',
    'str',
    'void *',
    'ulong',
    'void *',
  );
  if (unshare(CLONE_NEWNS) !== 0 || mount(null, '/', null, MS_REC | MS_PRIVATE, null) !== 0)
    throw new Error('no private mount namespace');
};

/** Pins all threads to one CPU: the costs of a mount or a request depend on which CPUs sleep. */
export const onOneCpu = (): void => {
  spawnSync('taskset', ['-a', '-p', '-c', '0', String(process.pid)], { stdio: 'ignore' });
};

export const OBJECT_BYTES = 10_000;

const DUMP = `/ 4096 40755 3 0 0 0 0.0 - - -
/inline 6 100644 1 0 0 0 0.0 - hello\\n -
/sub 4096 40755 2 0 0 0 0.0 - - -
/sub/object ${OBJECT_BYTES} 100644 1 0 0 0 0.0 ab/cd - -
`;

export interface SampleImage {
  readonly image: string;
  readonly objects: string;
  readonly at: string;
}

/** An image with one inline file and one object, a folder with the object, and an empty folder as mount point. */
export const sampleImage = (folder: string): SampleImage => {
  const sample = { image: join(folder, 'image'), objects: join(folder, 'objects'), at: join(folder, 'at') };
  mkdirSync(join(sample.objects, 'ab'), { recursive: true });
  mkdirSync(sample.at);
  writeFileSync(join(sample.objects, 'ab', 'cd'), Buffer.alloc(OBJECT_BYTES, 'x'));
  writeFileSync(sample.image, imageBytes(parseDump(Buffer.from(DUMP))));
  return sample;
};
