// The kernel's list of mounts.
//
// Reads:   /proc/PID/mountinfo.
// Error:   a mount that is still in use after umount2(MNT_DETACH) is not listed.
// Source:  Documentation/filesystems/proc.rst section 3.5; space, tab, newline and backslash are octal escapes.
import { readFileSync } from 'node:fs';

export interface Mount {
  readonly at: string;
  /** `major:minor` of the file system: equal for all of its mounts. */
  readonly device: string;
  readonly type: string;
  readonly source: string;
  readonly attributes: string;
  readonly options: string;
}

const unescaped = (field: string): string =>
  Buffer.from(
    Buffer.from(field)
      .toString('latin1')
      .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    'latin1',
  ).toString();

export const parseMountinfo = (text: string): Mount[] => {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const [before = '', after] = line.split(' - ', 2);
    if (after === undefined) continue;
    const [, , device = '', , at = '', attributes = ''] = before.split(' ');
    const [type = '', source = '', options = ''] = after.split(' ');
    mounts.push({
      at: unescaped(at),
      device,
      type: unescaped(type),
      source: unescaped(source),
      attributes,
      options,
    });
  }
  return mounts;
};

export const readMounts = (pid: number | 'self' = 'self'): Mount[] =>
  parseMountinfo(readFileSync(`/proc/${pid}/mountinfo`, 'utf8'));

/** The mount at exactly this path; later lines are mounted over earlier ones. */
export const topmostAt = (mounts: readonly Mount[], path: string): Mount | undefined =>
  mounts.findLast((mount) => mount.at === path);

/** The mount that contains a path without symlinks. */
export const mountOf = (mounts: readonly Mount[], path: string): Mount | undefined => {
  let best: Mount | undefined;
  for (const mount of mounts)
    if (isBelow(path, mount.at) && (best === undefined || mount.at.length >= best.at.length)) best = mount;
  return best;
};

export const isBelow = (path: string, folder: string): boolean =>
  path === folder || folder === '/' || path.startsWith(`${folder}/`);
