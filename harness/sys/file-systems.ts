// File systems made for a purpose: on a sparse file over a loop device, or in memory.
//
// Needs:   root in the initial user namespace; mkfs of the type and mount(8), none of them for tmpfs.
// Does:    a sparse file, mkfs, `mount -o loop`, which frees the device with the last user (autoclear).
// Error:   a loop file has the speed of a loop device: what is timed on it says so.
// Cost:    30 to 150 ms; the file takes only what is written to it.
// Leaves:  nothing after `remove`; the mount goes with the private namespace, the file with the folder that holds it.
// Source:  mount(8), "LOOP-DEVICE SUPPORT"; statfs(2); fs/xfs/xfs_stats.h (dir: lookups first).
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { Machine, MadeFileSystem, MadeType } from '../model/machine.ts';
import { isWithoutJournal } from './journal.ts';
import { bind } from './libc.ts';
import { type Mount, readMounts, topmostAt } from './mountinfo.ts';
import { mounts } from './mounts.ts';

const FILE_BYTES = 64 * 2 ** 30;
const FREE_LIMIT_MS = 5000;
const FREE_STEP_US = 2000;

const MKFS: Readonly<Record<Exclude<MadeType, 'tmpfs'>, readonly string[]>> = {
  ext4: ['mkfs.ext4', '-q', '-F', '-J', 'size=64', '-E', 'lazy_itable_init=1,nodiscard'],
  xfs: ['mkfs.xfs', '-q', '-K', '-m', 'reflink=1', '-l', 'size=64m'],
  btrfs: ['mkfs.btrfs', '-q', '-K'],
};

/** What is freed goes to nobody while something is measured. */
const OPTIONS: Readonly<Record<Exclude<MadeType, 'tmpfs'>, string>> = {
  ext4: 'loop,nodiscard',
  xfs: 'loop,nodiscard',
  btrfs: 'loop',
};

const cUsleep = bind<(us: number) => number>('usleep', 'uint');

const boundTo = (file: string): boolean =>
  readdirSync('/sys/block').some((name) => {
    if (!name.startsWith('loop')) return false;
    try {
      return readFileSync(`/sys/block/${name}/loop/backing_file`, 'utf8').trimEnd() === file;
    } catch {
      return false; // Not bound, or freed since the folder was listed.
    }
  });

const awaitFree = (file: string): void => {
  for (let waitedUs = 0; boundTo(file); waitedUs += FREE_STEP_US) {
    if (waitedUs > FREE_LIMIT_MS * 1000)
      throw new UserError('a loop device was not freed', {
        code: 'timeout',
        exit: 5,
        facts: [`file: ${file}`, `waited: ${FREE_LIMIT_MS} ms`],
        hint: 'losetup --list',
      });
    cUsleep(FREE_STEP_US);
  }
};

const usage = (root: string): ReturnType<MadeFileSystem['usage']> => {
  const { blocks, bfree, bsize, files, ffree } = statfsSync(root);
  return { bytes: (blocks - bfree) * bsize, inodeCount: files - ffree };
};

/** btrfs has no journal: it copies. */
const durability = (mount: Mount): Pick<MadeFileSystem, 'journal' | 'discard'> => ({
  journal: mount.type === 'btrfs' ? null : !isWithoutJournal(mount),
  discard: /(^|,)discard/.test(mount.options),
});

/** xs_dir_lookup of this file system alone. */
const xfsLookups = (root: string): number => {
  const device = basename(topmostAt(readMounts(), root)?.source ?? '');
  const text = readFileSync(`/sys/fs/xfs/${device}/stats/stats`, 'utf8');
  return Number(/^dir (\d+)/m.exec(text)![1]);
};

export const makeFileSystem = async (
  type: MadeType,
  dir: string,
  command: Machine['command'],
): Promise<MadeFileSystem> => {
  const root = join(dir, type);
  mkdirSync(root, { recursive: true });
  if (type === 'tmpfs') {
    mounts.attach(mounts.create('tmpfs', [['mode', '755']], []), root);
    return {
      root,
      usage: () => usage(root),
      journal: null,
      discard: null,
      lookupCount: () => null,
      remove() {
        mounts.unmount(root);
        rmdirSync(root);
      },
    };
  }
  const file = join(dir, `${type}.disk`);
  writeFileSync(file, '');
  truncateSync(file, FILE_BYTES);
  await command('mkfs', [...MKFS[type], file]);
  await command('mount', ['mount', '-n', '-t', type, '-o', OPTIONS[type], file, root]);
  const mounted = topmostAt(readMounts(), root)!;
  return {
    root,
    usage: () => usage(root),
    ...durability(mounted),
    lookupCount: () => (type === 'xfs' ? xfsLookups(root) : null),
    remove() {
      mounts.unmount(root);
      awaitFree(file);
      rmSync(file, { force: true });
      rmdirSync(root);
    },
  };
};
