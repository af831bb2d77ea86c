// Two versions of one image, and what they have in common: every content that both have, by its first plain name in each.

import type { SharedPair } from '../harness/inspect/requests.ts';
import type { Image } from '../harness/model/image.ts';
import { S_IFMT, S_IFREG, type Tree } from '../harness/model/tree.ts';
import { poolKey } from '../harness/store/checkout-tar.ts';
import { folderOf } from '../harness/store/objects.ts';
import type { Params } from '../results/schema/run.ts';

/** What needs a small image and no second version takes it too, so that it is made ready once. */
export const SMALL = 'synthetic:files=150,layers=2,seed=versions';

const SOURCES: Readonly<Record<string, readonly [first: string, second: string]>> = {
  certs: ['fixture:debian-12-certs', 'fixture:debian-12-certs-security'],
  base: ['fixture:debian-12-base', 'fixture:debian-12-base-security'],
  // Not versions but neighbours: they have a base layer in common, which is unpacked once.
  'same-base': ['fixture:debian-12-python', 'fixture:debian-12-nginx'],
  python: ['fixture:debian-12-python', 'fixture:debian-12-python-security'],
};

const sourcesOf = ({ versions }: Params): readonly [string, string] => SOURCES[String(versions)]!;
export const firstVersion = (params: Params): string => sourcesOf(params)[0];
export const laterVersions = (params: Params): readonly string[] => [sourcesOf(params)[1]];

/** Paths go through JSON as text. */
const PLAIN = /^[\x21-\x7e]+$/;

interface Place {
  readonly path: string;
  readonly nameCount: number;
  readonly sizeBytes: bigint;
  /** Equal for files that a hard link could merge. */
  readonly key: string;
}

const PAGE_BYTES = 4096n;

/** Digest to the first file that has it. */
const placesIn = (tree: Tree): Map<string, Place> => {
  const names = new Map<number, number>();
  for (let index = 0; index < tree.count; index++) {
    const inode = tree.entry(index).link ?? index;
    names.set(inode, (names.get(inode) ?? 0) + 1);
  }
  const places = new Map<string, Place>();
  for (let index = 1; index < tree.count; index++) {
    const entry = tree.entry(index);
    const { mode, size, link, content, digest } = entry;
    if ((mode & S_IFMT) !== S_IFREG || size === 0n || link !== null || content !== null) continue;
    const path = tree.path(index);
    if (digest !== null && PLAIN.test(path) && !places.has(digest))
      places.set(digest, { path, nameCount: names.get(index)!, sizeBytes: size, key: poolKey(entry) });
  }
  return places;
};

export interface Roots {
  readonly first: string;
  readonly second: string;
  readonly objectDirs: readonly string[];
}

export const sharedPairs = (first: Image, second: Image, roots: Roots): readonly SharedPair[] => {
  const there = placesIn(second.tree);
  return [...placesIn(first.tree)].flatMap(([digest, { path, nameCount }]) => {
    const other = there.get(digest);
    if (other === undefined) return [];
    const dir = folderOf(digest, roots.objectDirs);
    const object = `${dir}/${digest.slice(0, 2)}/${digest.slice(2)}`;
    return [{ first: `${roots.first}${path}`, second: `${roots.second}${other.path}`, object, nameCount }];
  });
};

/** Pages of common contents whose files have the same mode, owner, mtime and attributes in both. */
export const alikePageCount = (first: Image, second: Image): number => {
  const there = placesIn(second.tree);
  return [...placesIn(first.tree)]
    .filter(([digest, { key }]) => there.get(digest)?.key === key)
    .reduce((sum, [, { sizeBytes }]) => sum + Number((sizeBytes + PAGE_BYTES - 1n) / PAGE_BYTES), 0);
};

/** Bytes of distinct objects that only the second one has. */
export const newObjectBytes = (first: Image, second: Image): number => {
  const known = new Set(first.objects.map(({ digest }) => digest));
  return second.objects
    .filter(({ digest }) => !known.has(digest))
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
};

export const objectBytes = ({ objects }: Image): number =>
  objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
