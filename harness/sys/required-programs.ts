// Programs that a run cannot do without. Others, such as mkfs.erofs, are features: backends and scenarios that need them are skipped.
import { UserError } from '../model/errors.ts';
import { findProgram, searchPath } from './spawn.ts';

type PackageNames = readonly [debian: string, fedora: string, arch: string];

const COREUTILS: PackageNames = ['coreutils', 'coreutils', 'coreutils'];
const UTIL_LINUX: PackageNames = ['util-linux', 'util-linux', 'util-linux'];

const REQUIRED: Readonly<Record<string, PackageNames>> = {
  sh: ['dash', 'bash', 'bash'],
  unshare: UTIL_LINUX,
  setpriv: UTIL_LINUX,
  mount: ['mount', 'util-linux', 'util-linux'],
  cat: COREUTILS,
  cp: COREUTILS,
  ls: COREUTILS,
  rm: COREUTILS,
  tar: ['tar', 'tar', 'tar'],
};

/** Throws if one is missing. Programs that a run starts by name are found in the default path, too. */
export const requirePrograms = (): void => {
  process.env['PATH'] = searchPath();
  const missing = Object.keys(REQUIRED).filter((name) => findProgram(name) === null);
  if (missing.length === 0) return;
  const packages = (system: number): string =>
    [...new Set(missing.map((name) => REQUIRED[name]![system]!))].join(' ');
  throw new UserError(`not installed, or not on PATH: ${missing.join(', ')}`, {
    exit: 4,
    code: 'ENOENT',
    hint: `apt install ${packages(0)}, dnf install ${packages(1)}, or pacman -S ${packages(2)}`,
  });
};
