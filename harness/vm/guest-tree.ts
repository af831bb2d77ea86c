// The tree of a guest: a small Debian, made once by mmdebstrap, as a disk.
//
// Needs:  mmdebstrap, mkfs.ext4, a Debian mirror.
// Does:   takes the release of this machine where it is a Debian, so that programs compiled here run there.
// Cost:   two minutes and 300 MB, once.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../sys/read-text.ts';
import type { VmCache } from './cache.ts';
import { packFolder } from './disks.ts';
import { GUEST_PROGRAM, GUEST_WORK } from './guest-scripts.ts';
import { debianMirror } from './packages.ts';
import { runProgram } from './run-program.ts';

/** Raised when the guest needs other packages: it is then made again. */
const GENERATION = 1;
const PACKAGES = [
  'busybox-static',
  'cryptsetup-bin',
  'dmsetup',
  'e2fsprogs',
  'erofs-utils',
  'fsverity',
  'libstdc++6',
  'mount',
  'squashfs-tools',
  'xfsprogs',
];
const LEFT_OUT = ['man', 'doc', 'locale', 'info'];

const releaseHere = (): string => {
  const text = readText('/etc/os-release') ?? '';
  const codename = /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1];
  return /^ID=debian$/m.test(text) && codename !== undefined ? codename : 'stable';
};

const bootstrap = async (release: string, tar: string): Promise<void> => {
  const mirror = await debianMirror();
  await runProgram('make the tree of the guest', [
    'mmdebstrap',
    '--quiet',
    '--variant=essential',
    `--include=${PACKAGES.join(',')}`,
    '--aptopt=Acquire::Check-Valid-Until "false"',
    '--aptopt=Acquire::Languages "none"',
    ...LEFT_OUT.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    release,
    tar,
    ...(mirror === null ? [] : [mirror]),
  ]);
};

export interface GuestTree {
  /** An ext4. */
  readonly disk: string;
  /** A static program of the guest. */
  readonly busybox: string;
}

export const openGuestTree = async (cache: VmCache, say: (line: string) => void): Promise<GuestTree> => {
  const release = releaseHere();
  const name = `guest-${GENERATION}-${release}`;
  const folder = await cache.part(name, async (path) => {
    say(`making the guest, a Debian ${release} (once; takes some minutes)`);
    const tar = join(cache.scratch, 'guest.tar');
    const tree = join(cache.scratch, 'guest');
    await bootstrap(release, tar);
    mkdirSync(tree);
    // The kernel makes the devices of a guest; only root could unpack them.
    await runProgram('unpack the tree of the guest', ['tar', '-xf', tar, '-C', tree, '--exclude=./dev/*']);
    for (const point of [GUEST_PROGRAM, GUEST_WORK, '/dev', '/proc', '/sys', '/run', '/root', '/tmp'])
      mkdirSync(join(tree, point), { recursive: true });
    mkdirSync(path);
    copyFileSync(join(tree, 'bin/busybox'), join(path, 'busybox'));
    await packFolder(tree, join(path, 'disk'));
    rmSync(tree, { recursive: true });
    rmSync(tar);
  });
  cache.removeOthers('guest-', name);
  return { disk: join(folder, 'disk'), busybox: join(folder, 'busybox') };
};
