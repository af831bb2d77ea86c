// One job in a guest: a command, such as cfsbench with its arguments, and the files that it leaves in its folder of results.

import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { shellLine } from '../../results/shell-line.ts';
import { isSystemError } from '../../results/system-error.ts';
import { ascii } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { INTERRUPTED_EXIT } from '../sys/interrupts.ts';
import { bootGuest, type GuestEnd } from './boot.ts';
import { unpackResults } from './bring-back.ts';
import type { VmCache } from './cache.ts';
import { emptyDisk, sparseFile } from './disks.ts';
import { EXIT_FILE, jobScript } from './guest-scripts.ts';
import type { GuestTree } from './guest-tree.ts';
import { jobArchive } from './initramfs.ts';
import type { Kernel } from './kernel.ts';
import type { Accelerator } from './machine.ts';
import { lastLines } from './run-program.ts';

const GB = 1024 ** 3;
const WORK_BYTES = 8 * GB;
const RESULT_BYTES = 1 * GB;
const ENDED_EARLY = 'it ended before it was up';
/** A guest on real CPUs is up in two seconds; where the host cannot run one, it hangs. */
const KVM_UP_MS = 20_000;
const TCG_UP_MS = 300_000;

export interface GuestJob {
  readonly cache: VmCache;
  readonly kernel: Kernel;
  readonly tree: GuestTree;
  /** The disk of the program. */
  readonly program: string;
  /** Words of the guest's shell. */
  readonly command: string;
  readonly environment: (accelerator: Accelerator) => Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly limitMs: number;
  readonly say: (line: string) => void;
  /** A folder of its results that a command with exit code 0 leaves. */
  readonly leaves?: string;
  /** A line of its standard error. */
  readonly onLine: (line: string) => void;
}

export interface GuestResult {
  readonly accelerator: Accelerator;
  /** Of the command. */
  readonly exit: number;
  /** A folder with what it left, in the folder of the call. */
  readonly folder: string;
}

interface Booted extends GuestEnd {
  readonly accelerator: Accelerator;
}

const files = ({ scratch }: VmCache) => ({
  console: join(scratch, 'console'),
  initramfs: join(scratch, 'initramfs-and-job'),
  work: join(scratch, 'work'),
  results: join(scratch, 'results'),
  folder: join(scratch, 'brought-back'),
});

const bootWith = async (accelerator: Accelerator, job: GuestJob): Promise<Booted> => {
  const { cache, kernel, tree, program, command, environment, memoryMb, limitMs, onLine } = job;
  const at = files(cache);
  for (const path of Object.values(at)) rmSync(path, { recursive: true, force: true });
  copyFileSync(kernel.initramfs, at.initramfs);
  appendFileSync(at.initramfs, jobArchive(jobScript(command, environment(accelerator))));
  await emptyDisk(at.work, WORK_BYTES);
  sparseFile(at.results, RESULT_BYTES);
  const machine = {
    accelerator,
    memoryMb,
    kernel: kernel.image,
    initramfs: at.initramfs,
    console: at.console,
    disks: [
      { path: tree.disk, isReadOnly: true },
      { path: program, isReadOnly: true },
      { path: at.work, isReadOnly: false },
      { path: at.results, isReadOnly: false },
    ],
  };
  const upLimitMs = accelerator === 'kvm' ? KVM_UP_MS : TCG_UP_MS;
  return { accelerator, ...(await bootGuest(machine, { upLimitMs, limitMs }, onLine)) };
};

const againText = (refused: string): string => `to try KVM again: ${shellLine(['rm', refused])}`;

/** Null: KVM is tried. `refused`: the file with the reason of an earlier trial, which may have gone since. */
const whyEmulated = (refused: string): string | null => {
  if (!existsSync('/dev/kvm')) return 'this machine has no /dev/kvm';
  if (!existsSync(refused)) return null;
  return `an earlier guest did not start with KVM (${ascii(readFileSync(refused, 'utf8').trim())}); ${againText(refused)}`;
};

/**
 * Whether guests come up on real CPUs is known after one trial for each kernel of the host: emulation comes up where KVM did not. A kernel
 * that does not come up with either says nothing about KVM.
 */
const boot = async (job: GuestJob): Promise<Booted> => {
  const { cache, say } = job;
  const refused = join(cache.path, `no-kvm-${release()}`);
  const why = whyEmulated(refused);
  if (why !== null) {
    say(`starting the guest with emulated CPUs: times are no measurements; ${why}`);
    return bootWith('tcg', job);
  }
  say('starting the guest on the CPUs of this machine (KVM)');
  const booted = await bootWith('kvm', job);
  if (booted.isUp || booted.isSaid) return booted;
  const reason = booted.failure ?? ENDED_EARLY;
  say(`the guest does not start with KVM (${reason}): emulating its CPUs; times are no measurements`);
  const emulated = await bootWith('tcg', job);
  if (emulated.isUp) {
    writeFileSync(refused, `${reason}\n`);
    say(`from now on the CPUs of guests are emulated here; ${againText(refused)}`);
  }
  return emulated;
};

const FAILED = 'guest';

/** The guest or its kernel failed, not this machine. */
export const isGuestFailure = (error: unknown): error is UserError =>
  error instanceof UserError && error.code === FAILED;

/** A kernel that cannot be had is a failure of its guest; others go on. */
export const asGuestFailure = (error: unknown): unknown => {
  if (!(error instanceof UserError) || error.exit === INTERRUPTED_EXIT) return error;
  const { message, facts, hint, exit } = error;
  return new UserError(message, { facts, exit, code: FAILED, ...(hint === undefined ? {} : { hint }) });
};

const hintFor = ({ hint }: Kernel, console: string, isUp: boolean): { readonly hint?: string } => {
  if (console === '') return { hint: 'use a kernel with CONFIG_SERIAL_8250_CONSOLE to see its messages' };
  return isUp || hint === undefined ? {} : { hint };
};

const END_BYTES = 65_536;

const endOf = (path: string): string => {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, END_BYTES));
    return bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, size - bytes.length));
  } finally {
    closeSync(fd);
  }
};

/** Keeps what a guest returned after the end of the call. Returns the path. */
export const keepResults = (cache: VmCache, folder: string): string => {
  const kept = join(cache.path, 'results-of-the-last-failure');
  rmSync(kept, { recursive: true, force: true });
  renameSync(folder, kept);
  return kept;
};

/** The console is kept in the cache, and so is what it returned. */
const failed = ({ cache, kernel }: GuestJob, reason: string, isUp: boolean): UserError => {
  const { console: path, folder } = files(cache);
  const kept = join(cache.path, 'console-of-the-last-failure');
  if (existsSync(path)) renameSync(path, kept);
  else writeFileSync(kept, '');
  const text = endOf(kept);
  return new UserError(`the guest with the kernel ${kernel.name} failed: ${ascii(reason)}`, {
    exit: 5,
    code: FAILED,
    facts: [
      ...lastLines(text).map(ascii),
      `all of its console: ${kept}`,
      ...(existsSync(folder) ? [`all that it returned: ${keepResults(cache, folder)}`] : []),
    ],
    ...hintFor(kernel, text, isUp),
  });
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const MOST_EXIT_BYTES = 16;

/** Of the command; null: a guest whose /tmp is full leaves an empty file, and a kernel can leave anything. */
const exitIn = (folder: string): number | null => {
  const path = join(folder, EXIT_FILE);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > MOST_EXIT_BYTES) return null;
  const text = readFileSync(path, 'latin1').trim();
  return /^\d+$/.test(text) ? Number(text) : null;
};

const OF_NAMES = ['EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'];

/** Unpacks what the guest wrote. Null, or why that cannot be done. */
const unpacked = (job: GuestJob): GuestEnd['failure'] => {
  const { results, folder } = files(job.cache);
  try {
    unpackResults(results, folder);
    return null;
  } catch (error) {
    // Two entries of one name, a file that is also a folder, or a name that is too long.
    const isOfNames = isSystemError(error) && OF_NAMES.includes(error.code);
    if (!(error instanceof UserError) && !isOfNames) throw error;
    return `its results cannot be unpacked: ${error.message}`;
  }
};

/** Why a guest that ended by itself has not done its job; null: it has. `exit`: of its command. */
const lackIn = ({ leaves }: GuestJob, folder: string, exit: number | null): string | null => {
  if (exit === null)
    return 'its results have no exit code: its /tmp may be full, which --memory makes larger';
  return exit === 0 && leaves !== undefined && !isFolder(join(folder, leaves))
    ? 'its command ended without an error and left no results'
    : null;
};

export const runInGuest = async (job: GuestJob): Promise<GuestResult> => {
  const { isUp, failure, accelerator } = await boot(job);
  const reason = failure ?? (isUp ? unpacked(job) : ENDED_EARLY);
  if (reason !== null) throw failed(job, reason, isUp);
  const { folder } = files(job.cache);
  const exit = exitIn(folder);
  const lack = lackIn(job, folder, exit);
  if (lack !== null) throw failed(job, lack, isUp);
  return { accelerator, exit: exit!, folder };
};
