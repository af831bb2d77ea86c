// Control groups of this process.
//
// Reads:   mountinfo, /proc/self/cgroup.
// Source:  cgroups(7), "/proc files".
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isBelow, readMounts } from './mountinfo.ts';

type GroupVersion = 'cgroup' | 'cgroup2';

interface ControlGroup {
  readonly version: GroupVersion;
  /** Its folder. */
  readonly dir: string;
  /** The folder of the hierarchy. */
  readonly root: string;
}

/** Path of this process's group in a hierarchy, from lines `number:controllers:path`. */
export const ownGroup = (lines: string, version: GroupVersion, controller: string): string => {
  for (const line of lines.split('\n')) {
    const [, controllers = '', ...path] = line.split(':');
    if (version === 'cgroup2' ? line.startsWith('0::') : controllers.split(',').includes(controller))
      return path.join(':');
  }
  return '/';
};

/** The groups of this process that may have the controller, version 2 first. */
export const controlGroups = (controller: string): readonly ControlGroup[] => {
  const lines = readFileSync('/proc/self/cgroup', 'utf8');
  return (['cgroup2', 'cgroup'] as const).flatMap((version) =>
    readMounts()
      .filter(({ type }) => type === version)
      .filter(({ options }) => version === 'cgroup2' || options.split(',').includes(controller))
      .map(({ at }) => ({ version, root: at, dir: join(at, ownGroup(lines, version, controller)) })),
  );
};

/** The group's folder, then those of its parents, whose limits hold for it, too. */
export const withParents = (dir: string, root: string): readonly string[] =>
  dir !== root && isBelow(dir, root) ? [dir, ...withParents(dirname(dir), root)] : [dir];
