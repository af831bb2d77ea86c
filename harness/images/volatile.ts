// What differs between two builds of the same packages and is no part of an image: logs, caches, lists, the builder's own
// settings. Made away with, so that a fixture depends on its packages alone.
import type { ByteString } from '../model/bytes.ts';
import { newTreeBuilder } from '../model/columns.ts';
import type { Entry, Tree } from '../model/tree.ts';

/** Their contents go, they themselves stay. */
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
  // Copies of the building machine's, and the choice of mirror.
  /^\/etc\/(hostname|resolv\.conf|machine-id|apt\/sources\.list(\.d\/.+)?)$/,
  /^\/etc\/(apt\/apt\.conf\.d|dpkg\/dpkg\.cfg\.d)\/99mmdebstrap$/,
  /^\/var\/lib\/dpkg\/[a-z]+-old$/,
  /^\/etc\/[a-z]+-$/,
  /^\/etc\/\.pwd\.lock$/,
  // Compiled Python differs from run to run; official images leave it out too.
  /\/__pycache__$/,
];

const isVolatile = (path: ByteString): boolean =>
  EMPTIED.some((directory) => path.startsWith(`${directory}/`)) || REMOVED.some((rule) => rule.test(path));

const notAfter = (entry: Entry, epochSec: bigint): Entry =>
  entry.mtimeSec >= epochSec ? { ...entry, mtimeSec: epochSec, mtimeNsec: 0 } : entry;

/** The same tree without what is volatile; nothing in it is younger than the epoch. */
export const withoutVolatile = (tree: Tree, epochSec: bigint): Tree => {
  const builder = newTreeBuilder();
  const added = new Map<number, number>();
  for (let index = 0; index < tree.count; index++) {
    const path = tree.path(index);
    const entry = tree.entry(index);
    const parent = entry.parent < 0 ? -1 : added.get(entry.parent);
    if (parent === undefined || isVolatile(path)) continue;
    // A name whose inode went away would dangle; none of the rules takes only some of a file's names.
    const at =
      entry.link === null
        ? builder.add(parent, entry.name, notAfter(entry, epochSec))
        : builder.addLink(parent, entry.name, tree.path(entry.link));
    added.set(index, at);
  }
  return builder.finish();
};
