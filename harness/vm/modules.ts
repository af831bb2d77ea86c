// The kernel modules that a guest loads: found below a folder by their names, in the order of their dependencies, uncompressed.
//
// Needs:  xz for modules that end in .xz.
// Error:  a module that is not there may be built in: the guest finds out. What depends on itself is cut at the repetition. Where the
//         release of the kernel is known, modules of other kernels in the same folder are left out.
// Source: modinfo(8): the section .modinfo has `depends=a,b`. Folders of kernel packages have no modules.dep: depmod makes it later.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { ZstdStream } from '../sys/zstd.ts';
import { moduleInfo, moduleRelease } from './kernel-release.ts';

/** Before those that find them by name, not as a dependency. */
export const WANTED = `
  crc32c_generic crc32c_intel crc32c_cryptoapi sha256_generic sha256_ssse3 virtio_pci virtio_blk virtio_rng ext4 loop erofs overlay fuse xfs
  squashfs dm_mod dm_verity`
  .trim()
  .split(/\s+/);

const NAME = /^(.+)\.ko(?:\.(xz|zst|gz))?$/;
const MOST_BYTES = 64 * 1024 * 1024;

export interface KernelModule {
  readonly name: string;
  /** An ELF file. */
  readonly bytes: Buffer;
}

const plainName = (name: string): string => name.replaceAll('-', '_');

/** Paths by name. A folder can have the modules of several kernels. */
const pathsBelow = (folder: string): ReadonlyMap<string, readonly string[]> => {
  const paths = new Map<string, string[]>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const name = plainName(NAME.exec(entry.name)?.[1] ?? '');
    if (name === '' || !entry.isFile()) continue;
    const known = paths.get(name) ?? [];
    paths.set(name, known);
    known.push(join(entry.parentPath, entry.name));
  }
  return paths;
};

const unzstd = (bytes: Buffer): Buffer => {
  const stream = new ZstdStream();
  try {
    const pieces = [...stream.push(bytes)];
    stream.end();
    return Buffer.concat(pieces);
  } finally {
    stream.close();
  }
};

const unreadable = (path: string, fact: string): UserError =>
  new UserError(`cannot read the kernel module ${visible(path)}`, { facts: [fact] });

const unxz = (path: string): Buffer => {
  try {
    return execFileSync('xz', ['-dc', '--', path], {
      maxBuffer: MOST_BYTES,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(path, 'xz cannot decompress it');
    throw new UserError(`cannot read the kernel module ${visible(path)}`, {
      exit: 4,
      facts: ['xz is not installed'],
      hint: 'apt install xz-utils, dnf install xz, or pacman -S xz',
    });
  }
};

const readModule = (path: string): Buffer => {
  const compression = NAME.exec(basename(path))?.[2];
  if (compression === 'xz') return unxz(path);
  const bytes = readFileSync(path);
  try {
    if (compression === 'zst') return unzstd(bytes);
    return compression === 'gz' ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw unreadable(path, `it cannot be decompressed: ${(error as Error).message}`);
  }
};

const dependenciesOf = (bytes: Buffer): readonly string[] =>
  (moduleInfo(bytes, 'depends') ?? '').split(',').filter((name) => name !== '');

const otherKernel = (folder: string, release: string, others: ReadonlySet<string>): UserError =>
  new UserError(`the modules belong to another kernel: ${visible(folder)}`, {
    facts: [`the kernel: ${release}`, `the modules: ${[...others].sort().map(visible).join(', ')}`],
    hint: '--modules DIR, filled by make modules_install INSTALL_MOD_PATH=DIR, or the folder of the kernel build',
  });

/** `folder`: such as lib/modules/VERSION, its parent, or the folder of a kernel build. `release`: of the kernel; null: any. */
export const modulesIn = (folder: string, release: string | null): readonly KernelModule[] => {
  const paths = pathsBelow(folder);
  const loaded = new Set<string>();
  const others = new Set<string>();
  const modules: KernelModule[] = [];
  const read = (name: string): Buffer | null => {
    for (const path of paths.get(name) ?? []) {
      const bytes = readModule(path);
      const built = moduleRelease(bytes);
      if (release === null || built === null || built === release) return bytes;
      others.add(built);
    }
    return null;
  };
  const add = (given: string): void => {
    const name = plainName(given);
    if (loaded.has(name)) return;
    loaded.add(name);
    const bytes = read(name);
    if (bytes === null) return;
    for (const needed of dependenciesOf(bytes)) add(needed);
    modules.push({ name, bytes });
  };
  for (const name of WANTED) add(name);
  if (modules.length === 0 && others.size > 0) throw otherKernel(folder, release!, others);
  return modules;
};
