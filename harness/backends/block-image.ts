// What backends have in common whose image is one file with all contents inside: built once, received whole, mounted as it is.
//
// Does:    build (untimed, once per image): the layers are unpacked and stacked, a tool makes the image file of that tree.
//          create: a new file, written in pieces of 1 MiB, as ingest writes objects. destroy: unlink.
// Leaves:  the built file beside the image's pack; nothing of the tree that it was made of.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Mounted, Prepared, Store } from '../model/backend.ts';
import { type MountAttribute, type MountOption, textOf } from '../model/calls.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Machine } from '../model/machine.ts';
import { attached, heldUntil, type SourceFree } from './attached.ts';
import { layerPaths } from './overlay-layers.ts';
import { backend as unpacked } from './unpacked-overlay.ts';

const PIECE_BYTES = 1 << 20;
const O_WRONLY_CREAT_EXCL = 0o301;

export interface BlockImage {
  readonly type: 'erofs' | 'squashfs';
  /** Whether this kernel mounts the type from a file, without a loop device. */
  fromFile(machine: Machine): boolean;
  /** The command that makes `file` of `tree`. */
  build(tree: string, file: string): readonly string[];
}

/** The file at hand, as after a download. */
const built = async (image: Image, machine: Machine, { type, build }: BlockImage): Promise<string> => {
  const home = dirname(image.packPath);
  const file = join(home, `full.${type}`);
  if (existsSync(file)) return file;
  const scratch = join(home, `${type}-build`);
  const [layerDir, dir, at] = ['layers', 'image', 'mount'].map((name) => join(scratch, name));
  for (const path of [layerDir!, dir!, at!]) mkdirSync(path, { recursive: true });
  const store: Store = {
    state: 'empty',
    objectDirs: [],
    layerDir: layerDir!,
    ingest() {},
    ingested: () => ({ verity: null }),
    collect() {},
  };
  let mounted: Mounted | null = null;
  try {
    const created = await (await unpacked.prepare(image, machine, {})).create(store, dir!);
    mounted = await created.mount(at!);
    await machine.command('build', build(at!, `${file}.new`));
    await mounted.unmount();
    mounted = null;
    renameSync(`${file}.new`, file);
  } finally {
    mounted?.abandon();
    rmSync(scratch, { recursive: true, force: true });
  }
  return file;
};

const piece = Buffer.alloc(PIECE_BYTES);

const receive = (machine: Machine, from: string, to: string): void => {
  const { files } = machine;
  const source = files.open(from, 0);
  try {
    const target = files.open(to, O_WRONLY_CREAT_EXCL);
    try {
      for (let at = 0, got = PIECE_BYTES; got === PIECE_BYTES; at += got) {
        got = files.pread(source, piece, at);
        files.write(target, piece.subarray(0, got));
      }
    } finally {
      files.close(target);
    }
  } finally {
    files.close(source);
  }
};

/** From the file itself where the kernel can, else over a loop device. */
const mountImage = (machine: Machine, { type, fromFile }: BlockImage, file: string, at: string): Mounted => {
  const options: readonly MountAttribute[] = ['ro', 'nosuid', 'nodev'];
  const took = fromFile(machine) ? 'file' : 'loop';
  const device = machine.calls((list) => {
    const paths = layerPaths(list);
    const loop = took === 'loop' ? list.loop(file, { directIo: false }) : null;
    const from: readonly MountOption[] =
      loop === null ? [['source', paths.short(file)]] : [['source', loop.device], ['ro']];
    const mount = list.create(type, from, options);
    if (loop !== null) list.close(loop.fd);
    list.attach(mount, at);
    paths.close();
    return loop?.device ?? null;
  });
  const free: SourceFree = device === null ? { lease: file } : { loop: textOf(device) };
  return attached(machine, {
    root: at,
    fsType: type,
    took: { [type]: took },
    points: [at],
    free,
    held: heldUntil(machine, free),
    source: file,
  });
};

export const blockImageLifecycle = async (
  image: Image,
  machine: Machine,
  kind: BlockImage,
): Promise<Prepared> => {
  const source = await built(image, machine, kind);
  return {
    // Contents arrive with create, and leave with destroy.
    async ingest() {},
    async create(_store, dir) {
      const file = join(dir, `image.${kind.type}`);
      receive(machine, source, file);
      return {
        async mount(at, writable) {
          if (writable !== undefined)
            throw new UserError('a block image is measured without a writable layer', { code: 'skip' });
          return mountImage(machine, kind, file, at);
        },
        async destroy() {
          machine.files.unlink(file);
        },
      };
    },
    async collect() {},
  };
};
