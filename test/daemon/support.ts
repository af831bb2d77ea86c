// Shared by the tests of the FUSE server: sanitized builds, images, and servers that end with their test.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { imageBytes } from '../../harness/erofs/writer.ts';
import { parseDump } from '../../harness/images/dump-text.ts';
import { needsCompiler } from '../harness/sys/support.ts';
import { isMounted } from '../processes.ts';

const run = promisify(execFile);
const sources = fileURLToPath(new URL('../../../daemon', import.meta.url));
const builds = fileURLToPath(new URL('../../daemon-tests', import.meta.url));
const listProgram = fileURLToPath(new URL('./list-tree-main.js', import.meta.url));

export const notRoot = process.geteuid?.() === 0 ? false : 'needs root: mounts and devices';
/** The tests compile the server with sanitizers. */
export const noCompiler = needsCompiler;
export const noServer = existsSync('/dev/fuse') ? noCompiler : 'needs /dev/fuse';
const LIST_LIMIT_MS = 120_000;
/** A test beside this one may have a copy of the mount in its namespace. */
const END_LIMIT_MS = 300_000;

/** The reason why this kernel does not support the options, or false. */
export const skipReason = (options: readonly string[]): string | false => {
  const parameter = '/sys/module/fuse/parameters/enable_uring';
  const on = existsSync(parameter) && readFileSync(parameter, 'latin1').startsWith('Y');
  return options.includes('uring') && !on && `needs io_uring for FUSE: ${parameter} is not Y`;
};

export const buildScript = join(sources, 'build.sh');

const newest = (): number =>
  Math.max(...readdirSync(sources).map((name) => statSync(join(sources, name)).mtimeMs));

/** A build with both sanitizers, rebuilt if a source is newer. */
export const sanitized = (): string => {
  const server = join(builds, 'cfs-fuse');
  if (!existsSync(server) || statSync(server).mtimeMs < newest()) {
    const built = spawnSync('sh', [buildScript, builds, 'sanitize'], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`cannot build the server:\n${built.stderr}`);
  }
  return server;
};

export interface Lab {
  readonly folder: string;
  readonly objects: string;
  /** Writes a file below the lab and returns its path. */
  file(name: string, bytes: string | Uint8Array): string;
  object(name: string, bytes: string | Uint8Array): void;
  /** Writes the image of a dump. */
  image(name: string, dump: string): string;
  remove(): void;
}

export const newLab = (): Lab => {
  const folder = mkdtempSync(join(tmpdir(), 'cfs-fuse-test-'));
  const objects = join(folder, 'objects');
  // Tests as other users need access.
  chmodSync(folder, 0o755);
  mkdirSync(objects);
  const file = (name: string, bytes: string | Uint8Array): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return path;
  };
  return {
    folder,
    objects,
    file,
    object: (name, bytes) => void file(join('objects', name), bytes),
    image: (name, dump) => file(name, imageBytes(parseDump(Buffer.from(dump, 'latin1')))),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

interface TestServer {
  readonly root: string;
  readonly process: ChildProcess;
  /** Its log so far. */
  log(): string;
  mounted(): boolean;
  /** Detaches the mount if it is still there and waits for the server: its exit code, or the name of a signal. */
  close(): Promise<number | string>;
}

export const exitOf = async (child: ChildProcess): Promise<number | string> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode ?? 'unknown';
};

/** Servers that a failed assertion left, with their mounts. */
const open = new Map<string, ChildProcess>();
/** SIGKILL also ends a stopped server, and with it everything that waits for its mount. */
after(async () => {
  for (const [root, child] of open) {
    child.kill('SIGKILL');
    await exitOf(child);
    if (isMounted(root)) spawnSync('umount', ['-l', root]);
  }
});

let mountCount = 0;

/** Serves an image until `close`. Rejects with the server's log if it does not become ready. */
export const serve = async (
  lab: Lab,
  image: string,
  options: readonly string[] = [],
): Promise<TestServer> => {
  const root = join(lab.folder, `mount-${mountCount++}`);
  mkdirSync(root);
  // A file, not a pipe: what the server wrote before it replied can be read at once.
  const logPath = `${root}.log`;
  const logFd = openSync(logPath, 'a');
  const child = spawn(sanitized(), ['--objects', lab.objects, '--ready-fd', '3', ...options, image, root], {
    stdio: ['ignore', 'ignore', logFd, 'pipe'],
  });
  closeSync(logFd);
  open.set(root, child);
  const log = (): string => readFileSync(logPath, 'latin1');
  const ready = child.stdio[3] as Readable;
  const first = await new Promise<number>((resolve) => {
    let count = 0;
    ready.on('data', (bytes: Buffer) => {
      count += bytes.length;
    });
    ready.on('end', () => resolve(count));
  });
  if (first !== 1) throw new Error(`the server ended with ${await exitOf(child)}: ${log()}`);
  return {
    root,
    process: child,
    log,
    mounted: () => isMounted(root),
    async close() {
      if (isMounted(root)) spawnSync('umount', ['-l', root]);
      const killer = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
      const code = await exitOf(child);
      clearTimeout(killer);
      if (isMounted(root)) spawnSync('umount', ['-l', root]);
      open.delete(root);
      return code;
    },
  };
};

/** Runs `work` on a served image. Any exit code but 0, such as a sanitizer's, fails the test. */
export const whileServed = async (
  lab: Lab,
  image: string,
  work: (served: TestServer) => Promise<void>,
  options: readonly string[] = [],
): Promise<void> => {
  const served = await serve(lab, image, options);
  let code: number | string;
  try {
    await work(served);
  } finally {
    code = await served.close();
  }
  if (code !== 0) throw new Error(`the server ended with ${code}: ${served.log()}`);
};

/** Everything visible below a folder, one line per name. */
export const listTree = async (root: string, user?: number): Promise<string[]> => {
  const { stdout } = await run(
    process.execPath,
    [listProgram, root, ...(user === undefined ? [] : [`${user}`])],
    {
      encoding: 'latin1',
      maxBuffer: 1 << 29,
      timeout: LIST_LIMIT_MS,
    },
  );
  return stdout.trimEnd().split('\n');
};

const TRUTH = `
mount -t erofs -o ro,nosuid,nodev "$1" "$2" || exit 99
mount -t overlay -o "ro,nosuid,nodev,metacopy=on,redirect_dir=on,lowerdir=$2::$3" overlay "$4" || exit 99
exec "$5" "$6" "$4" $7
`;

interface Through {
  readonly user?: number;
  /** Folders with `::` between them. */
  readonly objects?: string;
}

/** The same through EROFS and overlayfs, in a mount namespace of its own; null if the kernel cannot mount the image. */
export const listThroughErofs = async (
  lab: Lab,
  image: string,
  { user, objects = lab.objects }: Through = {},
): Promise<string[] | null> => {
  const [lower, merged] = [join(lab.folder, 'lower'), join(lab.folder, 'merged')];
  for (const folder of [lower, merged]) mkdirSync(folder, { recursive: true });
  const words = [image, lower, objects, merged, process.execPath, listProgram, `${user ?? ''}`];
  try {
    const { stdout } = await run('unshare', ['--mount', 'sh', '-c', TRUTH, 'truth', ...words], {
      encoding: 'latin1',
      maxBuffer: 1 << 29,
      timeout: LIST_LIMIT_MS,
    });
    return stdout.trimEnd().split('\n');
  } catch (error) {
    if ((error as { code?: unknown }).code === 99) return null;
    throw error;
  }
};
