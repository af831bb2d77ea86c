// Two versions of one image, and the contents that both have, each by its first plain name.
import type { SharedPair } from '../harness/inspect/requests.ts';
import type { Image } from '../harness/model/image.ts';
import { S_IFMT, S_IFREG, type Tree } from '../harness/model/tree.ts';
import { linkKey } from '../harness/store/checkout-tar.ts';
import { folderOf } from '../harness/store/objects.ts';
import type { Params } from '../results/schema/shared.ts';

/** The small image of all scenarios that need one, so that it is prepared once. */
export const SMALL = 'synthetic:files=150,layers=2,seed=versions';

const SOURCES: Readonly<Record<string, readonly [first: string, second: string]>> = {
  certs: ['fixture:debian-12-certs', 'fixture:debian-12-certs-security'],
  base: ['fixture:debian-12-base', 'fixture:debian-12-base-security'],
  // Two images on one base layer, which is unpacked once.
  'same-base': ['fixture:debian-12-python', 'fixture:debian-12-nginx'],
  python: ['fixture:debian-12-python', 'fixture:debian-12-python-security'],
};

const sourcesOf = ({ versions }: Params): readonly [string, string] => SOURCES[String(versions)]!;
export const firstVersion = (params: Params): string => sourcesOf(params)[0];
export const laterVersions = (params: Params): readonly string[] => [sourcesOf(params)[1]];

/** Paths are sent as JSON text. */
const PLAIN = /^[\x21-\x7e]+$/;

interface CommonFile {
  readonly path: string;
  readonly nameCount: number;
  readonly sizeBytes: bigint;
  /** Equal for files that hard links could merge. */
  readonly key: string;
}

const PAGE_BYTES = 4096n;

/** The first file of each digest. */
const firstFiles = (tree: Tree): Map<string, CommonFile> => {
  const names = new Map<number, number>();
  for (let index = 0; index < tree.count; index++) {
    const inode = tree.entry(index).link ?? index;
    names.set(inode, (names.get(inode) ?? 0) + 1);
  }
  const found = new Map<string, CommonFile>();
  for (let index = 1; index < tree.count; index++) {
    const entry = tree.entry(index);
    const { mode, size, link, content, digest } = entry;
    if ((mode & S_IFMT) !== S_IFREG || size === 0n || link !== null || content !== null) continue;
    const path = tree.path(index);
    if (digest !== null && PLAIN.test(path) && !found.has(digest))
      found.set(digest, { path, nameCount: names.get(index)!, sizeBytes: size, key: linkKey(entry) });
  }
  return found;
};

export interface VersionRoots {
  readonly first: string;
  readonly second: string;
  readonly objectDirs: readonly string[];
}

export const sharedPairs = (first: Image, second: Image, roots: VersionRoots): readonly SharedPair[] => {
  const there = firstFiles(second.tree);
  return [...firstFiles(first.tree)].flatMap(([digest, { path, nameCount }]) => {
    const other = there.get(digest);
    if (other === undefined) return [];
    const dir = folderOf(digest, roots.objectDirs);
    const object = `${dir}/${digest.slice(0, 2)}/${digest.slice(2)}`;
    return [{ first: `${roots.first}${path}`, second: `${roots.second}${other.path}`, object, nameCount }];
  });
};

/** Pages of common contents whose files have equal mode, owner, mtime and attributes. */
export const alikePageCount = (first: Image, second: Image): number => {
  const there = firstFiles(second.tree);
  return [...firstFiles(first.tree)]
    .filter(([digest, { key }]) => there.get(digest)?.key === key)
    .reduce((sum, [, { sizeBytes }]) => sum + Number((sizeBytes + PAGE_BYTES - 1n) / PAGE_BYTES), 0);
};

/** Bytes of distinct objects that only the second image has. */
export const newObjectBytes = (first: Image, second: Image): number => {
  const known = new Set(first.objects.map(({ digest }) => digest));
  return second.objects
    .filter(({ digest }) => !known.has(digest))
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
};

export const objectBytes = ({ objects }: Image): number =>
  objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
