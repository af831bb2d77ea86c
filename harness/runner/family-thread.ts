// One thread that prepares members of a family: writes the objects and layer tars of a member's own layers, and its manifest.
//
// Needs:   a worker thread; its starter passes the function that opens parts of members.
// Does:    for each number that the main thread sends: contents, tars, the manifest from the cache or by the writer; one reply.
// Memory:  the base's tree and one member.
// Leaves:  files in the folders of the family only.
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { readImage } from '../erofs/read-image.ts';
import { imageBytes } from '../erofs/writer.ts';
import type { FamilyMember, ImageObject, Layer, MemberPart, OpenPart } from '../model/image.ts';
import type { Tree } from '../model/tree.ts';
import { writeLayerTar } from '../store/layer-tar.ts';
import { distinctObjects, exactLayers, type KnownDigests } from '../store/prepare.ts';
import { whyNotUnpackable } from '../store/unpackable.ts';
import { verityDigest } from '../store/verity.ts';
import { failureOf } from './failure.ts';
import { type CachedManifest, type ManifestCache, manifestCache } from './manifest-cache.ts';

export interface FamilyTask {
  /** As on the command line. */
  readonly source: string;
  /** Short name of the base; empty without one. */
  readonly baseName: string;
  readonly spoolDir: string;
  /** Manifest of the base; null: members have none. */
  readonly base: Uint8Array | null;
  /** Why no member can be unpacked; a member's own generated layer is no reason. */
  readonly baseNotUnpackable: string | null;
  /** Folders for manifests and layer tars. */
  readonly dir: string;
  readonly objectDir: string;
  readonly rootless: boolean;
  readonly cacheDir: string | null;
  /** Of cfsbench: another version may write other manifests. */
  readonly version: string;
}

export interface MadeMember {
  readonly kind: 'made';
  readonly index: number;
  /** Without the layers and objects of the base. */
  readonly member: FamilyMember;
  /** Objects of its tree, without those of the base. */
  readonly objects: readonly ImageObject[];
  /** Objects that only files of lower layers have which its tree hides. */
  readonly hidden: readonly string[];
  readonly cache: 'none' | 'read' | 'written' | 'refused';
}

export type FamilyReply =
  | MadeMember
  | { readonly kind: 'failed'; readonly index: number; readonly code: string; readonly message: string };

export const MEMBERS = 'members';
export const LAYERS = 'layers';

type Opened = FamilyTask & {
  readonly openPart: OpenPart;
  readonly baseTree: Tree | null;
  /** Of generated contents; those of files are known by descriptors, which change. */
  readonly known: KnownDigests;
  readonly store: ManifestCache | null;
};

const layersOf = (exact: readonly Tree[], index: number, { dir, objectDir, rootless }: Opened): Layer[] =>
  exact.map((tree, number) => {
    const path = join(dir, LAYERS, `new-${index}-${number}`);
    const layer = writeLayerTar(path, tree, { objectDir, rootless });
    // Layers that several members have are the same file.
    const tarPath = join(dir, LAYERS, `${layer.id}.tar`);
    renameSync(path, tarPath);
    return { ...layer, tarPath };
  });

/** Everything that the bytes of a manifest depend on. */
const keyOf = (layers: readonly Layer[], { version, base }: Opened): string =>
  createHash('sha256')
    .update(JSON.stringify([version, base === null ? null : verityDigest(base), layers.map(({ id }) => id)]))
    .digest('hex');

interface Manifest extends CachedManifest {
  readonly cache: MadeMember['cache'];
}

const manifestOf = (whole: () => Tree, layers: readonly Layer[], opened: Opened): Manifest => {
  const store = layers.length === 0 ? null : opened.store;
  const key = keyOf(layers, opened);
  const cached = store?.read(key) ?? null;
  if (cached !== null) return { ...cached, cache: 'read' };
  const bytes = imageBytes(whole(), {});
  const made = { bytes, digest: verityDigest(bytes) };
  if (store === null) return { ...made, cache: 'none' };
  return { ...made, cache: store.write(key, made) ? 'written' : 'refused' };
};

export const bytesOf = (objects: readonly ImageObject[]): number =>
  objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

/** The digests of `all` that are not in `shown`. */
export const hiddenOf = (all: readonly ImageObject[], shown: readonly ImageObject[]): readonly string[] => {
  const digests = new Set(shown.map(({ digest }) => digest));
  return all.map(({ digest }) => digest).filter((digest) => !digests.has(digest));
};

/** `tree`: null if nothing above the layers hides their files. */
const objectsOf = (exact: readonly Tree[], tree: Tree | null): Pick<MadeMember, 'objects' | 'hidden'> => {
  const all = exact.flatMap(distinctObjects);
  const objects = tree === null ? all : distinctObjects(tree);
  return { objects, hidden: hiddenOf(all, objects) };
};

const makeMember = async (part: MemberPart, index: number, opened: Opened): Promise<MadeMember> => {
  const { objectDir, rootless, baseTree, baseNotUnpackable, dir } = opened;
  const known = part.contents === 'synthetic' ? { known: opened.known } : {};
  const exact = await exactLayers(part, { objectDir, ...known });
  const whole = (): Tree => part.whole(exact);
  const notUnpackable =
    baseTree === null ? whyNotUnpackable({ tree: whole(), layers: exact }, { rootless }) : baseNotUnpackable;
  const layers = notUnpackable === null ? layersOf(exact, index, opened) : [];
  const own = objectsOf(exact, baseTree === null ? whole() : null);
  const { bytes, digest, cache } = manifestOf(whole, layers, opened);
  const home = join(dir, MEMBERS, String(index));
  mkdirSync(home);
  const manifestPath = join(home, 'image.cfs');
  writeFileSync(manifestPath, bytes, { flag: 'wx' });
  return {
    kind: 'made',
    index,
    member: {
      name: part.name,
      source: part.source,
      contents: part.contents,
      dir: home,
      manifestPath,
      manifestDigest: digest,
      imageVersion: bytes[12] === 1 ? 1 : 0,
      objectBytes: bytesOf(own.objects),
      layers: layers.map(({ tree: _, ...layer }) => layer),
      notUnpackable,
    },
    ...own,
    cache,
  };
};

const makeAndClose = async (index: number, opened: Opened): Promise<MadeMember> => {
  const part = await opened.openPart(index, opened.baseTree);
  try {
    return await makeMember(part, index, opened);
  } finally {
    await part.close();
  }
};

/** Replies once to every number. */
export const runFamilyThread = (task: FamilyTask, openPart: OpenPart, port: MessagePort): void => {
  const baseTree = task.base === null ? null : readImage(Buffer.from(task.base));
  const opened: Opened = {
    ...task,
    openPart,
    baseTree,
    known: new Map(),
    store: task.cacheDir === null ? null : manifestCache(task.cacheDir),
  };
  port.on('message', async (index: number | 'end') => {
    if (index === 'end') {
      port.close();
      return;
    }
    let reply: FamilyReply;
    try {
      reply = await makeAndClose(index, opened);
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      reply = { kind: 'failed', index, ...failure };
    }
    port.postMessage(reply);
  });
};
