// Removes entries that differ between builds of the same packages, such as logs, caches, lists and the builder's settings, so that a
// fixture depends only on its packages.
import type { ByteString } from '../model/bytes.ts';
import { newTreeBuilder } from '../model/columns.ts';
import type { Entry, Tree } from '../model/tree.ts';

/** Directories that stay, without their entries. */
const EMPTIED = [
  '/dev',
  '/proc',
  '/run',
  '/sys',
  '/tmp',
  '/var/cache',
  '/var/cache/apt',
  '/var/lib/apt/lists',
  '/var/log',
  '/var/tmp',
];

const REMOVED = [
  // Copied from the build machine, and the choice of mirror.
  /^\/etc\/(hostname|resolv\.conf|machine-id|apt\/sources\.list(\.d\/.+)?)$/,
  /^\/etc\/(apt\/apt\.conf\.d|dpkg\/dpkg\.cfg\.d)\/99mmdebstrap$/,
  /^\/var\/lib\/dpkg\/[a-z]+-old$/,
  /^\/etc\/[a-z]+-$/,
  /^\/etc\/\.pwd\.lock$/,
  // Compiled Python differs from run to run; official images omit it too.
  /\/__pycache__$/,
];

const isVolatile = (path: ByteString): boolean =>
  EMPTIED.some((directory) => path.startsWith(`${directory}/`)) || REMOVED.some((rule) => rule.test(path));

const notAfter = (entry: Entry, epochSec: bigint): Entry =>
  entry.mtimeSec >= epochSec ? { ...entry, mtimeSec: epochSec, mtimeNsec: 0 } : entry;

/** The tree without volatile entries; mtimes are limited to the epoch. */
export const withoutVolatile = (tree: Tree, epochSec: bigint): Tree => {
  const builder = newTreeBuilder();
  const added = new Map<number, number>();
  for (let index = 0; index < tree.count; index++) {
    const path = tree.path(index);
    const entry = tree.entry(index);
    const parent = entry.parent < 0 ? -1 : added.get(entry.parent);
    if (parent === undefined || isVolatile(path)) continue;
    // Safe for hard links: no rule removes only some of a file's names.
    const at =
      entry.link === null
        ? builder.add(parent, entry.name, notAfter(entry, epochSec))
        : builder.addLink(parent, entry.name, tree.path(entry.link));
    added.set(index, at);
  }
  return builder.finish();
};
