// Parts that the features share. Each feature is found by trying it once.
//
// Needs:   private mount and PID namespaces, so that its mounts are not visible outside.
// Does:    mounts and unmounts small file systems below one folder, opens devices, starts tools such as `tar --version`.
// Error:   a feature that works here may still fail with another file system or mount option.
// Cost:    about 100 ms for all features.
// Leaves:  nothing: descriptors are closed; mounts end with the namespace, files with the folder.
import { spawnSync } from 'node:child_process';
import { constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MountOption } from '../../model/calls.ts';
import { UserError } from '../../model/errors.ts';
import type { FeatureId } from '../../model/machine.ts';
import { files } from '../files.ts';
import { patience } from '../guest.ts';
import { mounts } from '../mounts.ts';
import { findProgram } from '../spawn.ts';

export interface FeatureSetting {
  readonly workDir: string;
  /** An empty folder on the work file system. */
  readonly folder: string;
  /** A composefs image. */
  readonly imagePath: string;
  readonly serverPath: string;
  readonly subordinateIds: boolean;
}

/** Tries a feature and returns the detail to show. Throws if the feature is missing. */
export type FeatureTest = (setting: FeatureSetting) => string;

export interface Feature {
  readonly test: FeatureTest;
  /** How to get the feature. Called only if it is missing. */
  hint(): string;
}

export type FeatureGroup<Id extends FeatureId> = Readonly<Record<Id, Feature>>;

/** A tool that writes may wait for the dirty data of other processes. */
export const TOOL_LIMIT_MS = 10_000 * patience;

export const missing = (reason: string): never => {
  throw new UserError(reason, { exit: 4 });
};

/** Absolute path of an installed program. */
export const installed = (name: string): string => findProgram(name) ?? missing('not installed');

/** Runs a tool and returns the lines of its standard output and standard error. */
export const toolLines = (name: string, ...args: string[]): readonly string[] => {
  const { status, stdout, stderr } = spawnSync(installed(name), args, {
    timeout: TOOL_LIMIT_MS,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  const lines = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n');
  return status === 0 ? lines : missing(lines[0] || `exit ${status}`);
};

export const toolLine = (name: string, ...args: string[]): string => toolLines(name, ...args)[0] ?? '';

export const subfolder = ({ folder }: FeatureSetting, name: string): string => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
};

/** Passes a short path of the folder to `use`: the folder's own path may be longer than a mount option can be. */
export const withShortPath = <T>(path: string, use: (short: string) => T): T => {
  const fd = files.open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return use(`/proc/self/fd/${fd}`);
  } finally {
    files.close(fd);
  }
};

/** Makes a detached read-only mount and closes it. */
export const tryMount = (type: string, options: readonly MountOption[]): void =>
  files.close(mounts.create(type, options, ['ro', 'nosuid', 'nodev']));

export const tryLoopMount = (
  type: string,
  file: string,
  options: readonly MountOption[] = [],
): { readonly device: string } => {
  const { device, fd } = mounts.loop(file, { directIo: false });
  try {
    // The kernel refuses a writable superblock on a read-only device.
    tryMount(type, [['source', device], ['ro'], ...options]);
    return { device };
  } finally {
    files.close(fd);
  }
};
