// Disks that fail during a run: full, out of inodes, read-only, with I/O errors; at any moment, and while an image is prepared.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WORK_PREFIX } from '../../harness/cli/work-folder.ts';
import { loopsBelow, type Running } from '../end-to-end/support.ts';
import { journalLines } from './checks.ts';
import { EXIT_FAILED, type Fault, type OpenFault } from './fault.ts';
import { fill, openPlace, type Place, takeInodes } from './place.ts';
import { openSmallRun, type SmallRun } from './small-run.ts';
import type { Attempt } from './trial.ts';

interface PlaceFault {
  /** Mounts something on "$1". */
  readonly mount: string;
  readonly cause: (place: Place) => void;
  readonly says: RegExp;
}

const FULL = /no space|ENOSPC|disk space|disk is full/i;
const EXT4 = (bytes: string, options: string): string =>
  `truncate -s ${bytes} "$2/disk"; mkfs.ext4 -q -F ${options} "$2/disk"; mount -o loop,errors=remount-ro "$2/disk" "$1"`;

/** What the place itself mounts. */
const ownOf = ({ home }: Attempt, { root }: Place): readonly string[] => [root, ...loopsBelow(home)];

/** The work folder on a file system that fails. */
const onWork =
  ({ mount, cause, says }: PlaceFault): OpenFault =>
  async (attempt) => {
    const place = await openPlace(attempt.owner, attempt.home, mount);
    return {
      run: { ...openSmallRun(attempt), own: ownOf(attempt, place) },
      options: ['--work', place.root, '--allow-tmpfs'],
      setting: { prefix: place.enter },
      cause() {
        cause(place);
        return undefined;
      },
      codes: [EXIT_FAILED],
      says,
    };
  };

/** The result folder on a file system that fails. */
const onOut =
  ({ mount, cause, says }: PlaceFault): OpenFault =>
  async (attempt) => {
    const place = await openPlace(attempt.owner, attempt.home, mount);
    return {
      run: { ...openSmallRun(attempt), out: join(place.outside, 'results'), own: ownOf(attempt, place) },
      options: ['--out', join(place.root, 'results'), '--work', attempt.home],
      setting: { prefix: place.enter },
      cause() {
        cause(place);
        return undefined;
      },
      codes: [EXIT_FAILED],
      says,
    };
  };

const PREPARED = ['--images', 'synthetic:files=600,layers=1,seed=1'];
const LATEST_MS = 1200;
const POLL_MS = 2;

/** A random moment after the work folder was filled with folders, and before the first sample. */
const whilePreparing =
  (place: Place, attempt: Attempt, { out }: SmallRun) =>
  async ({ child }: Running): Promise<boolean> => {
    const isPreparing = (): boolean =>
      readdirSync(place.outside).some(
        (name) => name.startsWith(WORK_PREFIX) && existsSync(join(place.outside, name, 'sources')),
      );
    while (child.exitCode === null && child.signalCode === null) {
      if (isPreparing()) {
        const momentMs = attempt.random.int(0, LATEST_MS);
        attempt.note(`fault ${momentMs} ms after the image began to be prepared`);
        await sleep(momentMs);
        return child.exitCode === null && child.signalCode === null && journalLines(out).length === 0;
      }
      await sleep(POLL_MS);
    }
    return false;
  };

const whenPreparing =
  (fault: PlaceFault): OpenFault =>
  async (attempt) => {
    const place = await openPlace(attempt.owner, attempt.home, fault.mount);
    const run = { ...openSmallRun(attempt), own: ownOf(attempt, place) };
    return {
      run,
      options: ['--work', place.root, '--allow-tmpfs', ...PREPARED],
      setting: { prefix: place.enter },
      reach: whilePreparing(place, attempt, run),
      cause() {
        fault.cause(place);
        return undefined;
      },
      codes: [EXIT_FAILED],
      says: fault.says,
    };
  };

const FULL_WORK: PlaceFault = { mount: EXT4('512M', ''), cause: fill, says: FULL };
const DEAD_DISK: PlaceFault = {
  mount: 'truncate -s 512M "$2/disk"; mkfs.xfs -q "$2/disk"; mount -o loop "$2/disk" "$1"',
  cause: ({ sh }) => void sh('xfs_io -x -c "shutdown -f" "$1"'),
  says: /I\/O error|input\/output error|EIO/i,
};

export const DISK_FAULTS: readonly Fault[] = [
  { id: 'full-work', title: 'full disk below the work folder', open: onWork(FULL_WORK), isShort: true },
  {
    id: 'full-out',
    title: 'full disk below the results',
    open: onOut({ mount: 'mount -t tmpfs -o size=32m none "$1"', cause: fill, says: FULL }),
    isShort: true,
  },
  {
    id: 'no-inodes',
    title: 'no inode left',
    open: onWork({ mount: EXT4('256M', '-N 40000'), cause: takeInodes, says: FULL }),
  },
  {
    id: 'read-only',
    title: 'file system becomes read-only',
    open: onWork({
      mount: EXT4('256M', ''),
      cause: ({ sh }) =>
        void sh('echo 1 >/sys/fs/ext4/$(basename $(findmnt -no SOURCE "$1"))/trigger_fs_error'),
      says: /read-only|EROFS/i,
    }),
  },
  { id: 'eio', title: 'I/O errors (EIO)', open: onWork(DEAD_DISK), isShort: true },
  {
    id: 'full-prepare',
    title: 'full disk while an image is prepared',
    open: whenPreparing(FULL_WORK),
  },
  {
    id: 'eio-prepare',
    title: 'I/O errors while an image is prepared',
    open: whenPreparing(DEAD_DISK),
  },
];
