// Lives of a slot in worker processes: prepares its images, records the steps of the backend in a life, and lets workers make them.
//
// Each worker has folders of its own. All files of the images are local before the first life: objects and link store are those of the
// run's full store. Layers that several images share are unpacked once for all lives, as a runtime keeps them.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { hasNoIngest, type Prepared, type Store } from '../model/backend.ts';
import type { Image, Layer } from '../model/image.ts';
import type { LivesAsked, LivesResult } from '../model/lives.ts';
import type { Machine } from '../model/machine.ts';
import { ensureFolder } from '../store/folders.ts';
import { createRecorder, type Recorder, WORKER_MARK, workerFolder } from '../sys/recorder.ts';
import type { ScriptImage } from '../sys/script.ts';
import { runWorkers } from '../sys/workers.ts';
import type { Arm } from './arm.ts';

export interface LivesParts {
  readonly arm: Arm;
  readonly machine: Machine;
  readonly images: readonly Image[];
  /** The run's full store; layers of a life are kept elsewhere. */
  readonly store: Store;
  /** An empty folder of the slot. */
  readonly home: string;
  readonly scratch: string;
  readonly limitMs: () => number;
}

const FOLDERS = ['image', 'mount', 'layers'] as const;

/** Images whose files an arm has brought into a store; nothing of the run removes them. */
const broughtIn = new Set<string>();

const bringIn = async ({ arm, store }: LivesParts, image: Image, prepared: Prepared): Promise<void> => {
  const key = [arm.id, ...store.objectDirs, image.manifestDigest].join('\n');
  if (broughtIn.has(key)) return;
  await prepared.ingest(store);
  broughtIn.add(key);
};

/** Layers that more than one of the images has. */
const sharedLayers = (images: readonly Image[]): readonly Layer[] => {
  const seen = new Map<string, { readonly layer: Layer; count: number }>();
  for (const { layers } of images)
    for (const layer of new Map(layers.map((one) => [one.id, one])).values()) {
      const known = seen.get(layer.id);
      if (known === undefined) seen.set(layer.id, { layer, count: 1 });
      else known.count++;
    }
  return [...seen.values()].filter(({ count }) => count > 1).map(({ layer }) => layer);
};

interface Undo {
  readonly undo: (() => Promise<void>)[];
}

/** Unpacks shared layers for backends that unpack layers, and names them in the layer folder of each worker. */
const keepShared = async (parts: LivesParts, workers: readonly string[], { undo }: Undo): Promise<void> => {
  const { arm, images, machine, home } = parts;
  const shared = hasNoIngest(arm.backend) ? sharedLayers(images) : [];
  if (shared.length === 0) return;
  const kept = join(home, 'kept');
  mkdirSync(kept);
  undo.push(async () => machine.command('rm', ['rm', '-rf', kept]));
  for (const { id, tarPath } of shared) {
    const path = join(kept, id);
    mkdirSync(path);
    const options = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '-p'];
    await machine.command('tar', ['tar', ...options, '-xf', tarPath, '-C', path]);
    for (const worker of workers) {
      const name = join(worker, 'layers', id);
      symlinkSync(path, name);
      undo.push(async () => unlinkSync(name));
    }
  }
};

const makeFolders = (workers: readonly string[], { undo }: Undo): void => {
  for (const worker of workers)
    for (const path of [worker, ...FOLDERS.map((name) => join(worker, name))]) {
      mkdirSync(path);
      undo.push(async () => rmdirSync(path));
    }
};

const recordLife = async (
  parts: LivesParts,
  recorder: Recorder,
  number: number,
  start: LivesAsked['starts'][number],
): Promise<ScriptImage> => {
  const { arm, images, store } = parts;
  const image = images[number]!;
  const worker = join(parts.home, WORKER_MARK);
  const [folder, at, layers] = FOLDERS.map((name) => join(worker, name)) as [string, string, string];
  const prepared = await arm.backend.prepare(image, recorder.machine, arm.options);
  await bringIn(parts, image, prepared);
  const own: Store = { ...store, layerDir: layers };
  let created!: Awaited<ReturnType<Prepared['create']>>;
  let mounted!: Awaited<ReturnType<typeof created.mount>>;
  await recorder.record('create', async () => {
    created = await prepared.create(own, folder);
  });
  await recorder.record('mount', async () => {
    mounted = await created.mount(at);
  });
  recorder.use(mounted.root, start);
  await recorder.record('unmount', () => mounted.unmount());
  await recorder.record('settle', () => mounted.settle());
  await recorder.record('destroy', () => created.destroy());
  await prepared.close?.();
  return { steps: recorder.take(), at, folder };
};

interface Blob {
  readonly path: string;
  readonly offsets: ReadonlyMap<Uint8Array, number>;
}

/** All manifests in one file, which workers map. Written once for each list of images, in full or not at all. */
const blobOf = ({ images, scratch }: LivesParts): Blob => {
  const digest = createHash('sha256');
  const offsets = new Map<Uint8Array, number>();
  let bytes = 0;
  for (const { manifest, manifestDigest } of images) {
    digest.update(manifestDigest);
    offsets.set(manifest, bytes);
    bytes += manifest.length;
  }
  const path = join(scratch, `manifests-${digest.digest('hex').slice(0, 16)}`);
  if (!existsSync(path)) {
    writeFileSync(`${path}.new`, Buffer.concat(images.map(({ manifest }) => manifest)));
    renameSync(`${path}.new`, path);
  }
  return { path, offsets };
};

/** Undone in reverse. After a failure the slot's folders are removed as a whole. */
const undoAll = async ({ undo }: Undo): Promise<void> => {
  for (const one of undo.reverse()) await one();
};

/** A member of a family reads its manifest on each access: here it is read once, so that its bytes are known by identity. */
const withManifest = (image: Image): Image =>
  image.base === undefined ? image : Object.create(image, { manifest: { value: image.manifest } });

export const runLives = async (given: LivesParts, asked: LivesAsked): Promise<LivesResult> => {
  const parts = { ...given, images: given.images.map(withManifest) };
  const { machine, images, home, scratch, limitMs } = parts;
  if (images.length !== asked.starts.length) throw new Error('a start for each image');
  const undo: Undo = { undo: [] };
  const workers = Array.from({ length: asked.workers }, (_, i) => join(home, workerFolder(i)));
  ensureFolder(home);
  makeFolders(workers, undo);
  await keepShared(parts, workers, undo);
  const recorder = createRecorder(machine);
  const lives: ScriptImage[] = [];
  for (const [number, start] of asked.starts.entries())
    lives.push(await recordLife(parts, recorder, number, start));
  const blob = blobOf(parts);
  machine.files.syncfs(home);
  const result = runWorkers({
    machine,
    scratch,
    blobPath: blob.path,
    script: { ...asked, images: lives, sharedServer: recorder.sharedServer(), blob: blob.offsets },
    limitMs,
  });
  await undoAll(undo);
  return result;
};
