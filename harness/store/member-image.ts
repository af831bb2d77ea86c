// A prepared member of a family as an image. Large parts are read from its manifest file on access.
//
// Memory: a manifest, its tree and its objects stay as long as the caller refers to them.
import { readFileSync } from 'node:fs';
import { readImage } from '../erofs/read-image.ts';
import { imageBytes } from '../erofs/writer.ts';
import type { FamilyMember, Image, ImageObject } from '../model/image.ts';
import type { Tree } from '../model/tree.ts';
import type { SharedPack } from './pack.ts';
import { distinctObjects, once } from './prepare.ts';

/** Made again after the garbage collector has taken it. */
const weakly = <T extends object>(make: () => T): (() => T) => {
  let held: WeakRef<T> | undefined;
  return () => {
    const known = held?.deref();
    if (known !== undefined) return known;
    const made = make();
    held = new WeakRef(made);
    return made;
  };
};

interface FamilyContents {
  readonly pack: Pick<SharedPack, 'path' | 'offsetOf'>;
  readonly base: Image | null;
  /** Objects of the member's own files. */
  readonly own: readonly ImageObject[];
}

/** Sorted by digest, each once. */
const objectsOf = ({ base, own }: FamilyContents): readonly ImageObject[] => {
  const all = new Map([...(base?.objects ?? []), ...own].map((object) => [object.digest, object]));
  return [...all.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
};

/** `contents`: absent in threads that ingest nothing. */
export const memberImage = (member: FamilyMember, contents?: FamilyContents): Image => {
  const { layers, objectBytes: _, ...facts } = member;
  const { manifestPath } = facts;
  const manifest = weakly((): Buffer => readFileSync(manifestPath));
  const tree = weakly((): Tree => readImage(manifest()));
  const objects = weakly((): readonly ImageObject[] =>
    contents === undefined ? distinctObjects(tree()) : objectsOf(contents),
  );
  const packOf = (): FamilyContents['pack'] => {
    if (contents === undefined) throw new Error('an image of this thread has no pack');
    return contents.pack;
  };
  const base = contents?.base ?? null;
  return {
    ...facts,
    ...(base === null ? {} : { base }),
    get manifest() {
      return manifest();
    },
    get tree() {
      return tree();
    },
    get objects() {
      return objects();
    },
    layers: layers.map((layer) => ({
      ...layer,
      get tree(): Tree {
        throw new Error('trees of single layers are not kept for members of a family');
      },
    })),
    bareManifest: once(() => imageBytes(tree(), { hidesStore: false })),
    describedDigest: member.manifestDigest,
    get packPath() {
      return packOf().path;
    },
    get packOffsets() {
      return objects().map(({ digest }) => packOf().offsetOf(digest));
    },
  };
};

/** A member with trees that were made again from its source: of its own layers, given here, and of the base's. */
export const withTrees = (image: Image, own: readonly Tree[], tree: Tree): Image => {
  const trees = [...(image.base?.layers ?? []).map((layer) => layer.tree), ...own];
  const layers = image.layers.map(({ id, tarPath, tarBytes, hidesBelow }, i) => ({
    ...{ id, tarPath, tarBytes, hidesBelow },
    tree: trees[i]!,
  }));
  return { ...image, tree, layers };
};
