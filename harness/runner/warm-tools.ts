// Runs the programs of windows once, so that a cold window does not read them from disk.
//
// Why:   a runtime that mounts image after image has them in the page cache; only the image is cold.
// Cost:  a start of each program, before each cold window that is timed.
import { existsSync } from 'node:fs';
import type { Machine } from '../model/machine.ts';
import type { Arm } from './arm.ts';

/** `servers`: paths of builds of cfs-fuse; those that do not exist are left out. */
export const warmToolsOf = (
  arms: readonly Pick<Arm, 'backend'>[],
  servers: readonly string[],
): ((machine: Pick<Machine, 'command'>, emptyFolder: string) => Promise<void>) => {
  const built = servers.filter((path) => existsSync(path));
  const started = new Set(arms.flatMap(({ backend }) => backend.starts ?? []));
  return async (machine, emptyFolder) => {
    await machine.command('ls', ['ls', '-lR', emptyFolder]);
    for (const server of built) await machine.command('cfs-fuse', [server, '--version']);
    // One that knows no such option has been read, too.
    for (const program of started) await machine.command(program, [program, '--version']).catch(() => {});
  };
};
