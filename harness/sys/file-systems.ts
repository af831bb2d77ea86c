// Makes file systems for a slot: on a sparse file over a loop device, or in memory.
//
// Needs:   root in the initial user namespace; mkfs of the type and mount(8), but not for tmpfs.
// Does:    a sparse file, mkfs, `mount -o loop` (with autoclear).
// Error:   times on it include the loop device.
// Cost:    30 to 150 ms; the file is sparse.
// Leaves:  nothing after `remove`. Without it, the private namespace ends the mount and the folder's removal the file.
// Source:  mount(8), "LOOP-DEVICE SUPPORT"; statfs(2); fs/xfs/xfs_stats.h (dir: lookups first).
import { mkdirSync, readFileSync, rmdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { Machine, MadeFileSystem, MadeType } from '../model/machine.ts';
import { isWithoutJournal } from './journal.ts';
import { boundLoops } from './loop-device.ts';
import { type Mount, readMounts, topmostAt } from './mountinfo.ts';
import { mounts } from './mounts.ts';
import { pauseOf } from './pause.ts';

const FILE_BYTES = 64 * 2 ** 30;
const FREE_LIMIT_MS = 5000;

const MKFS_EXT4 = ['mkfs.ext4', '-q', '-F', '-J', 'size=64', '-E', 'lazy_itable_init=1,nodiscard'];
const MKFS: Readonly<Record<Exclude<MadeType, 'tmpfs'>, readonly string[]>> = {
  ext4: MKFS_EXT4,
  'ext4-verity': [...MKFS_EXT4, '-O', 'verity'],
  xfs: ['mkfs.xfs', '-q', '-K', '-m', 'reflink=1', '-l', 'size=64m'],
  btrfs: ['mkfs.btrfs', '-q', '-K'],
};

/** No discard: freed blocks must cause no work during a window. */
const OPTIONS: Readonly<Record<Exclude<MadeType, 'tmpfs'>, string>> = {
  ext4: 'loop,nodiscard',
  'ext4-verity': 'loop,nodiscard',
  xfs: 'loop,nodiscard',
  btrfs: 'loop',
};

const FREE_STEP_MS = 2;
const pause = pauseOf(FREE_STEP_MS * 1e6);

const waitUntilUnbound = (file: string): void => {
  for (let waitedMs = 0; boundLoops().some((loop) => loop.file === file); waitedMs += FREE_STEP_MS) {
    if (waitedMs > FREE_LIMIT_MS)
      throw new UserError(`a loop device was not free after ${FREE_LIMIT_MS} ms`, {
        code: 'timeout',
        exit: 5,
        facts: [`file: ${file}`],
        hint: 'losetup --list',
      });
    pause();
  }
};

const usage = (root: string): ReturnType<MadeFileSystem['usage']> => {
  const { blocks, bfree, bsize, files, ffree } = statfsSync(root);
  return { bytes: (blocks - bfree) * bsize, inodeCount: files - ffree };
};

/** btrfs has no journal: it writes copies. */
const durability = (mount: Mount): Pick<MadeFileSystem, 'journal' | 'discard'> => ({
  journal: mount.type === 'btrfs' ? null : !isWithoutJournal(mount),
  discard: /(^|,)discard/.test(mount.options),
});

/** xs_dir_lookup of this file system. */
const xfsLookups = (root: string): number => {
  const device = basename(topmostAt(readMounts(), root)?.source ?? '');
  const text = readFileSync(`/sys/fs/xfs/${device}/stats/stats`, 'utf8');
  return Number(/^dir (\d+)/m.exec(text)![1]);
};

const makeTmpfs = (root: string): MadeFileSystem => {
  mounts.attach(mounts.create('tmpfs', [['mode', '755']], []), root);
  return {
    root,
    disk: null,
    usage: () => usage(root),
    journal: null,
    discard: null,
    lookupCount: () => null,
    remove() {
      mounts.unmount(root);
      rmdirSync(root);
    },
  };
};

export const makeFileSystem = async (
  type: MadeType,
  dir: string,
  command: Machine['command'],
): Promise<MadeFileSystem> => {
  const root = join(dir, type);
  mkdirSync(root, { recursive: true });
  if (type === 'tmpfs') return makeTmpfs(root);
  const file = join(dir, `${type}.disk`);
  writeFileSync(file, '');
  truncateSync(file, FILE_BYTES);
  await command('mkfs', [...MKFS[type], file]);
  const mountType = type === 'ext4-verity' ? 'ext4' : type;
  await command('mount', ['mount', '-n', '-t', mountType, '-o', OPTIONS[type], file, root]);
  return {
    root,
    disk: file,
    usage: () => usage(root),
    ...durability(topmostAt(readMounts(), root)!),
    lookupCount: () => (type === 'xfs' ? xfsLookups(root) : null),
    remove() {
      mounts.unmount(root);
      waitUntilUnbound(file);
      rmSync(file, { force: true });
      rmdirSync(root);
    },
  };
};
