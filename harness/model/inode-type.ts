// Tests of an inode's type, and the parts of its device number.
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from './tree.ts';

interface Typed {
  readonly mode: number;
}

export const FILE_TYPES: ReadonlySet<number> = new Set([
  S_IFIFO,
  S_IFCHR,
  S_IFDIR,
  S_IFBLK,
  S_IFREG,
  S_IFLNK,
  S_IFSOCK,
]);

export const isDirectory = ({ mode }: Typed): boolean => (mode & S_IFMT) === S_IFDIR;
export const isDevice = ({ mode }: Typed): boolean =>
  (mode & S_IFMT) === S_IFCHR || (mode & S_IFMT) === S_IFBLK;

/** A whiteout of overlayfs: a char device 0:0. */
export const isWhiteout = ({ mode, rdev }: Typed & { readonly rdev: number }): boolean =>
  (mode & S_IFMT) === S_IFCHR && rdev === 0;

/** The kernel's 32-bit encoding: 12 bits of major, 20 bits of minor in two parts. */
export const deviceParts = (rdev: number): { readonly major: number; readonly minor: number } => ({
  major: (rdev >>> 8) & 0xfff,
  minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00),
});
