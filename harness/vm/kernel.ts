// The kernel of a guest: a file, or a package of Debian that is downloaded once.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import type { VmCache } from './cache.ts';
import { initramfsOf } from './initramfs.ts';
import { kernelRelease } from './kernel-release.ts';
import { modulesIn, WANTED } from './modules.ts';
import { NOT_DOWNLOADED, openPackages, type Packages } from './packages.ts';

const DEBIAN = 'deb:';
/** Parts of the cache with a kernel of Debian begin so; its version follows. */
export const KERNEL_PREFIX = 'kernel-';
const MOST_BYTES = 512 * 1024 * 1024;

/** As asked for. */
export interface AskedKernel {
  /** A path, or `deb:VERSION`. */
  readonly from: string;
  /** Null: none, or those of the package. */
  readonly modules: string | null;
}

export interface Kernel {
  /** `deb:6.12.117+deb13`, or the name of the file and its release: `bzImage 6.12.0-rc3`. */
  readonly name: string;
  readonly image: string;
  readonly initramfs: string;
  /** The next thing to type if it does not start. */
  readonly hint?: string;
}

/** Numbers in the order of their size: 6.12.9 before 6.12.11. */
const byVersion = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

interface DebianKernel {
  readonly version: string;
  readonly packages: readonly string[];
}

const WHOLE_VERSION = /^\d[\w.+~-]*$/;
/** In the part of a kernel: the modules that were looked for. */
const MODULES_FILE = 'modules';
const modulesText = `${WANTED.join('\n')}\n`;

const isCurrent = (folder: string): boolean => {
  const path = join(folder, MODULES_FILE);
  return existsSync(path) && readFileSync(path, 'utf8') === modulesText;
};

const partOf = (version: string): string => `${KERNEL_PREFIX}${version}`;

const KERNEL_PACKAGE = /^linux-(image|binary)-(\d[\w.+~]*(?:-\d+)?)-amd64$/;

/** The newest kernel whose version begins with all parts of `wanted`. `names`: of all packages. */
export const chooseKernel = (wanted: string, names: readonly string[]): DebianKernel | null => {
  const versions = names.flatMap((name) => KERNEL_PACKAGE.exec(name)?.[2] ?? []);
  const version = versions
    .filter((one) => one === wanted || (one.startsWith(wanted) && /[.+~-]/.test(one[wanted.length]!)))
    .sort(byVersion)
    .at(-1);
  if (version === undefined) return null;
  // From 6.19 on the package of the image has no files.
  const binary = `linux-binary-${version}-amd64`;
  return {
    version,
    packages: names.includes(binary)
      ? [binary, `linux-modules-${version}-amd64`]
      : [`linux-image-${version}-amd64`],
  };
};

const NO_KERNEL = 'no-kernel';

const noKernel = (wanted: string, names: readonly string[]): UserError => {
  const series = new Set(
    names.flatMap((name) => /^(\d+\.\d+)/.exec(KERNEL_PACKAGE.exec(name)?.[2] ?? '')?.[1] ?? []),
  );
  return new UserError(`no kernel of Debian has the version ${visible(wanted)}`, {
    code: NO_KERNEL,
    facts: [`available: ${[...series].sort(byVersion).join(', ')}`],
  });
};

/** Paths at which packages have the kernel. */
const findImage = (root: string): string => {
  const modules = ['usr/lib/modules', 'lib/modules'].map((path) => join(root, path)).filter(existsSync);
  const inModules = modules.flatMap((path) => readdirSync(path).map((name) => join(path, name, 'vmlinuz')));
  const boot = join(root, 'boot');
  const inBoot = existsSync(boot)
    ? readdirSync(boot)
        .filter((name) => name.startsWith('vmlinuz-'))
        .map((name) => join(boot, name))
    : [];
  const found = [...inBoot, ...inModules].find(existsSync);
  if (found !== undefined) return found;
  throw new UserError('the package of the kernel has no vmlinuz', { exit: 4 });
};

interface KernelWork {
  readonly cache: VmCache;
  /** A static program. */
  readonly busybox: string;
  readonly say: (line: string) => void;
}

const debianKernel = (version: string, folder: string): Kernel => ({
  name: `${DEBIAN}${version}`,
  image: join(folder, 'vmlinuz'),
  initramfs: join(folder, 'initramfs'),
});

const download = async (
  { version, packages: names }: DebianKernel,
  packages: Packages,
  { cache, busybox, say }: KernelWork,
): Promise<Kernel> => {
  const make = async (path: string): Promise<void> => {
    say(`downloading the kernel ${version}`);
    const root = join(cache.scratch, 'kernel');
    // A kernel that could not be made leaves files there, which are none of this one.
    rmSync(root, { recursive: true, force: true });
    await packages.unpack(names, root);
    mkdirSync(path);
    const image = findImage(root);
    const modules = modulesIn(root, kernelRelease(readFileSync(image)));
    copyFileSync(image, join(path, 'vmlinuz'));
    writeFileSync(join(path, 'initramfs'), initramfsOf(readFileSync(busybox), modules));
    writeFileSync(join(path, MODULES_FILE), modulesText);
    rmSync(root, { recursive: true });
  };
  return debianKernel(version, await cache.part(partOf(version), make, isCurrent));
};

const isOfOldLists = (error: unknown): boolean =>
  error instanceof UserError && [NO_KERNEL, NOT_DOWNLOADED].includes(error.code);

/** A whole version that was downloaded before, with the modules of now, needs no network. */
const fromDebian = async (wanted: string, work: KernelWork): Promise<Kernel> => {
  const { cache, say } = work;
  const kept = join(cache.path, partOf(wanted));
  if (WHOLE_VERSION.test(wanted) && cache.has(partOf(wanted)) && isCurrent(kept))
    return debianKernel(wanted, kept);
  const packages = await openPackages(cache, say);
  const inLists = async (): Promise<Kernel> => {
    const names = await packages.names('linux-');
    const chosen = chooseKernel(wanted, names);
    if (chosen === null) throw noKernel(wanted, names);
    return download(chosen, packages, work);
  };
  try {
    return await inLists();
  } catch (error) {
    if (!isOfOldLists(error) || !(await packages.refresh())) throw error;
    return inLists();
  }
};

const requireFolder = (path: string): void => {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UserError(`no such folder of kernel modules: ${visible(path)}`, { hint: '--modules DIR' });
};

/** Most kernels are in a file with the name bzImage. */
const nameOf = (image: string, release: string | null): string => {
  const name = basename(image);
  return release === null || name.includes(release) ? name : `${name} ${release}`;
};

const fromFile = ({ from, modules }: AskedKernel, { cache, busybox }: KernelWork): Kernel => {
  const image = resolve(from);
  const stat = statSync(image, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > MOST_BYTES)
    throw new UserError(`no such kernel file: ${visible(from)}`, {
      hint: '--kernel arch/x86/boot/bzImage, or --kernel deb:6.12',
    });
  if (modules !== null) requireFolder(modules);
  const release = kernelRelease(readFileSync(image));
  const initramfs = join(cache.scratch, 'initramfs');
  writeFileSync(
    initramfs,
    initramfsOf(readFileSync(busybox), modules === null ? [] : modulesIn(resolve(modules), release)),
  );
  return {
    name: nameOf(image, release),
    image,
    initramfs,
    ...(modules === null ? { hint: '--modules DIR, unless all needed modules are built in' } : {}),
  };
};

export const openKernel = async (asked: AskedKernel, work: KernelWork): Promise<Kernel> =>
  asked.from.startsWith(DEBIAN) ? fromDebian(asked.from.slice(DEBIAN.length), work) : fromFile(asked, work);
