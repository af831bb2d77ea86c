// Backends whose image is one file with metadata and contents: built once, copied by create, mounted directly.
//
// Does:    build (untimed, once per image): unpacks and stacks the layers, then a tool makes the image file of that tree.
//          create: copies the file in pieces of 1 MiB, the size with which ingest writes objects; digested contents are compared with the
//          SHA-256 of the file, as a runtime compares what it received. destroy: unlink.
// Leaves:  the built file and its digest in the image's folder.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mounted, Prepared, Store } from '../model/backend.ts';
import { type MountAttribute, type MountOption, textOf } from '../model/calls.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import { filePieces } from '../store/bulk.ts';
import { ensureFolder } from '../store/folders.ts';
import { copyFile } from './copy-file.ts';
import { heldUntil, kernelMount, type SourceFree } from './kernel-mount.ts';
import { layerPaths } from './overlay-layers.ts';
import { refuseUnpackable, refuseWritable } from './refuse.ts';
import { createLayers } from './unpacked-layers.ts';
import { formatVerity, onVerityDevice, type VerityDevice, verityFile } from './verity-device.ts';
import { wholeTreeLifecycle } from './whole-tree.ts';

export interface BlockImage {
  readonly type: 'erofs' | 'squashfs';
  /** Name of the built file, where a type is built in several ways. */
  readonly built?: string;
  /** Mount options beside the source. */
  readonly options?: readonly MountOption[];
  /** These options as `took` records them. */
  readonly took?: Readonly<Record<string, string>>;
  /** Whether this kernel mounts the type from a file, without a loop device. */
  mountsFiles(machine: Machine): boolean;
  /** The command that makes `file` of `tree`. */
  build(tree: string, file: string): readonly string[];
  /** Changes the unpacked layers before they are stacked. */
  prepareLayers?(machine: Machine, layerDir: string): void;
  /** Changes the file that the command made. */
  finish?(file: string): void;
}

const scratchStore = (layerDir: string): Store => ({
  state: 'empty',
  objectDirs: [],
  layerDir,
  ingest() {},
  ingested: () => ({ verity: null, enabling: null }),
  collect() {},
  collected: () => null,
});

/** The path of the built file, which may not exist yet. */
export const builtPath = (image: Image, { type, built = `full.${type}` }: BlockImage): string =>
  join(image.dir, built);

/** The path of the built file. The first call for an image builds it. */
const buildOnce = async (image: Image, machine: Machine, kind: BlockImage): Promise<string> => {
  const file = builtPath(image, kind);
  if (existsSync(file)) return file;
  refuseUnpackable(image);
  const scratch = join(image.dir, `${kind.type}-build`);
  const [layerDir, dir, at] = ['layers', 'image', 'mount'].map((name) => join(scratch, name));
  for (const path of [layerDir!, dir!, at!]) ensureFolder(path);
  let mounted: Mounted | null = null;
  try {
    const created = await createLayers(image, machine, { store: scratchStore(layerDir!), dir: dir! });
    kind.prepareLayers?.(machine, layerDir!);
    mounted = await created.mount(at!);
    await machine.command('build', kind.build(at!, `${file}.new`));
    await mounted.unmount();
    mounted = null;
    kind.finish?.(`${file}.new`);
    renameSync(`${file}.new`, file);
  } finally {
    mounted?.detach();
    rmSync(scratch, { recursive: true, force: true });
  }
  return file;
};

/** SHA-256 of the whole file, 64 hex digits. The first call for a file computes it. */
const digestOnce = (file: string): string => {
  const known = `${file}.sha256`;
  if (!existsSync(known)) {
    const hash = createHash('sha256');
    for (const piece of filePieces(file, 0, statSync(file).size)) hash.update(piece);
    writeFileSync(`${known}.new`, hash.digest('hex'));
    renameSync(`${known}.new`, known);
  }
  return readFileSync(known, 'utf8');
};

/** Mounts a device; `loop` is the loop device below it. */
const mountDevice = (
  machine: Machine,
  type: BlockImage['type'],
  { path, loop }: VerityDevice,
  at: string,
): Mounted => {
  machine.calls((list) =>
    list.attach(list.create(type, [['source', path], ['ro']], ['ro', 'nosuid', 'nodev']), at),
  );
  const free: SourceFree = { loop };
  return kernelMount(machine, {
    root: at,
    fsType: type,
    took: { [type]: 'dm-verity over loop' },
    devices: [loop],
    points: [at],
    free,
    held: heldUntil(machine, free),
    source: path,
  });
};

/** Mounts the file itself where the kernel can, else a loop device over it. */
const mountImage = (
  machine: Machine,
  { type, mountsFiles, options = [], took: more = {} }: BlockImage,
  file: string,
  at: string,
): Mounted => {
  const attributes: readonly MountAttribute[] = ['ro', 'nosuid', 'nodev'];
  const took = mountsFiles(machine) ? 'file' : 'loop';
  const device = machine.calls((list) => {
    const paths = layerPaths(list);
    const loop = took === 'loop' ? list.loop(file, { directIo: false }) : null;
    const from: readonly MountOption[] =
      loop === null ? [['source', paths.optionPath(file)]] : [['source', loop.device], ['ro']];
    const mount = list.create(type, [...from, ...options], attributes);
    if (loop !== null) list.close(loop.fd);
    list.attach(mount, at);
    paths.close();
    return loop?.device ?? null;
  });
  const free: SourceFree = device === null ? { lease: file } : { loop: textOf(device) };
  return kernelMount(machine, {
    root: at,
    fsType: type,
    took: { [type]: took, ...more },
    points: [at],
    free,
    held: heldUntil(machine, free),
    source: file,
  });
};

const lifecycleOf = (
  machine: Machine,
  { type, source }: { readonly type: BlockImage['type']; readonly source: string },
  mount: (file: string, at: string) => Promise<Mounted>,
): Prepared => {
  const expected = { digest: digestOnce(source), what: 'a block image' };
  return wholeTreeLifecycle([source], async (_store, dir, how = 'trusted') => {
    const file = join(dir, `image.${type}`);
    copyFile(machine, source, file, how === 'trusted' ? null : expected);
    return {
      async mount(at, writable) {
        refuseWritable(writable, 'a block image is measured without a writable layer');
        return mount(file, at);
      },
      async destroy() {
        machine.files.unlink(file);
      },
    };
  });
};

export const blockImageLifecycle = async (
  image: Image,
  machine: Machine,
  kind: BlockImage,
): Promise<Prepared> => {
  const source = await buildOnce(image, machine, kind);
  return lifecycleOf(machine, { type: kind.type, source }, async (file, at) =>
    mountImage(machine, kind, file, at),
  );
};

/** The same image with a hash tree behind it, on a device that the kernel verifies. */
export const verifiedImageLifecycle = async (
  image: Image,
  machine: Machine,
  kind: BlockImage,
): Promise<Prepared> => {
  const built = await buildOnce(image, machine, kind);
  const verity = await verityFile(machine, `${built}.verity`, (path) => copyFileSync(built, path));
  const lifecycle = lifecycleOf(machine, { type: kind.type, source: verity.path }, (file, at) =>
    onVerityDevice(machine, { ...verity, path: file }, (device) =>
      mountDevice(machine, kind.type, device, at),
    ),
  );
  return {
    ...lifecycle,
    async reseal(file) {
      await formatVerity(machine, file, verity.dataBytes);
      return true;
    },
  };
};
