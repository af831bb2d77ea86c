// Removes a folder that this process holds open: everything below its descriptor, then its name.
//
// Needs:   rm; for files of other owners that a rootless run unpacked: a user namespace.
// Does:    removes many subfolders by several `rm` at once, because a file system mounted with discard waits for the device per file.
// Error:   refuses a folder in which something is mounted, and one whose path leads to something else by now. What was removed before
//          a failure stays removed.
// Cost:    about 10 us per file and lane.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readdirSync, readlinkSync, rmdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../model/errors.ts';
import { O_PATH } from './files.ts';
import { isInPlace, type OpenFolder } from './folder-lock.ts';
import { isBelow, type Mount, readMounts } from './mountinfo.ts';
import { probeNamespaces } from './namespace-probe.ts';

const DEPTH = 3;
/** Fewer parts are removed faster than processes are started. */
const FEW_PARTS = 64;

const cannotRemove = (path: string, fact: string, hint: string): UserError =>
  new UserError(`cannot remove ${path}`, { exit: 5, code: 'not-removed', facts: [fact], hint });

const refuseMounts = ({ path, at }: OpenFolder, mounts: readonly Mount[]): void => {
  const folder = readlinkSync(at);
  const mounted = mounts.find((mount) => isBelow(mount.at, folder));
  if (mounted !== undefined)
    throw cannotRemove(path, `a file system is mounted in it: ${mounted.at}`, `umount ${mounted.at}`);
};

/** Relative paths of folders down to a depth at which the work is divided well: objects, layers, images, slots. */
const partsOf = (at: string, below = '.', depth = DEPTH): readonly string[] => {
  try {
    return readdirSync(join(at, below), { withFileTypes: true }).flatMap((entry) => {
      const path = `${below}/${entry.name}`;
      if (!entry.isDirectory()) return [];
      return depth > 1 ? [...partsOf(at, path, depth - 1), path] : [path];
    });
  } catch {
    return []; // The removal of the parent meets the same error.
  }
};

const removeInLanes = async (at: string, parts: readonly string[]): Promise<void> => {
  const laneCount = Math.min(parts.length, 2 * availableParallelism());
  await Promise.all(
    Array.from({ length: laneCount }, async (_, lane) => {
      const own = parts.filter((_part, i) => i % laneCount === lane);
      await once(spawn('rm', ['-rf', '--', ...own], { cwd: at, stdio: 'ignore' }), 'close').catch(() => {});
    }),
  );
};

/** Without the file that is removed last. */
const namesIn = (at: string, last: string): readonly string[] =>
  readdirSync(at)
    .filter((name) => name !== last)
    .map((name) => `./${name}`);

const removeHere = (at: string, last: string): void => {
  for (const name of namesIn(at, last)) rmSync(join(at, name), { recursive: true, force: true });
};

/** Layers unpacked in a user namespace have owners that only a user namespace may act for. */
const removeInNamespace = async (at: string, last: string): Promise<boolean> => {
  if (process.geteuid?.() === 0) return false;
  const found = await probeNamespaces();
  if (found.kind === 'refused') return false;
  const [program = '', ...prefix] = found.prefix;
  const argv = [...prefix, 'rm', '-rf', '--', ...namesIn(at, last)];
  return spawnSync(program, argv, { cwd: at, stdio: 'ignore' }).status === 0;
};

const removeContents = async ({ at, path }: OpenFolder, last: string): Promise<void> => {
  const parts = partsOf(at);
  if (parts.length > FEW_PARTS) await removeInLanes(at, parts);
  try {
    removeHere(at, last);
  } catch {
    try {
      // Paths that are too long for Node.js are none for rm.
      if (!(await removeInNamespace(at, last))) await removeInLanes(at, namesIn(at, last));
      removeHere(at, last);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replaceAll(at, path) : String(error);
      throw cannotRemove(path, reason, 'remove it as root');
    }
  }
  rmSync(join(at, last), { force: true });
};

/** Other names of the parent are not touched, whatever they lead to by now. */
const removeName = (folder: OpenFolder): void => {
  const parent = openSync(dirname(folder.path), O_PATH | constants.O_DIRECTORY);
  try {
    rmdirSync(`/proc/self/fd/${parent}/${basename(folder.path)}`);
  } finally {
    closeSync(parent);
  }
};

interface Removal {
  /** Those of this process, for a caller that removes many folders. */
  readonly mounts?: readonly Mount[];
  /** Name of a file in the folder that is removed when all else is gone: a removal that was cut off can be repeated by it. */
  readonly last: string;
}

/** The caller closes the folder. */
export const removeFolder = async (
  folder: OpenFolder,
  { mounts = readMounts(), last }: Removal,
): Promise<void> => {
  const { path } = folder;
  if (!isInPlace(folder)) throw cannotRemove(path, 'it was moved or removed', '');
  refuseMounts(folder, mounts);
  await removeContents(folder, last);
  if (!isInPlace(folder)) throw cannotRemove(path, 'it was moved or removed', '');
  removeName(folder);
};
