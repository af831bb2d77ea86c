// `cfsbench vm`: one run in a guest for each kernel, brought back as a run folder and shown as any other run.
import { cpSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder } from '../../results/files.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { GUEST, type GuestSetting } from '../sys/guest.ts';
import { runTool } from '../sys/tool.ts';
import { openCache, type VmCache } from '../vm/cache.ts';
import { type GuestResult, isGuestFailure, runInGuest } from '../vm/guest.ts';
import { openGuestProgram } from '../vm/guest-program.ts';
import { GUEST_OUT, GUEST_WORK, guestCommand } from '../vm/guest-scripts.ts';
import { type GuestTree, openGuestTree } from '../vm/guest-tree.ts';
import { type AskedKernel, type Kernel, openKernel } from '../vm/kernel.ts';
import { QEMU } from '../vm/machine.ts';
import { reportExitCode } from './exit-code.ts';
import { RUNS } from './runs-folder.ts';
import { showRun } from './show-run.ts';
import { commitOf } from './version.ts';
import type { VmOptions } from './vm-command.ts';
import { requireVm } from './vm-needs.ts';
import { refuseNonEmpty } from './work-folder.ts';

const RUN = 'run';
/** Folders of this machine mean nothing in the guest. */
const HOST_OPTIONS = ['--out', '--work', '--resume', '--runs'];
const HOST_IMAGES = /(?:^|[=,])(?:dir|oci|dump):/;
const VERSION_LIMIT_MS = 5000;

const say = (line: string): void => void process.stderr.write(`${visible(line)}\n`);

/** Throws unless the words are a run that a guest can do. */
const argumentsOf = (words: readonly string[]): readonly string[] => {
  const [command = RUN] = words;
  if (command !== RUN)
    throw new UserError(`a guest can only execute cfsbench run, not '${visible(command)}'`, {
      hint: 'cfsbench vm --kernel deb:6.12 -- run --count-only',
    });
  const hosted = words.find((word) => HOST_OPTIONS.includes(word.split('=', 1)[0]!));
  if (hosted !== undefined)
    throw new UserError(`${hosted.split('=', 1)[0]} cannot be an option of a run in a guest`, {
      facts: ['the guest has file systems of its own'],
      hint: 'cfsbench vm --kernel K --out DIR -- run …',
    });
  if (words.some((word) => HOST_IMAGES.test(word)))
    throw new UserError('a guest cannot read images of this machine', {
      facts: ['its images are fixture:NAME and synthetic:files=N'],
      hint: '--images fixture:debian-12-base',
    });
  return [RUN, ...words.slice(1), '--out', join(GUEST_OUT, RUN), '--work', GUEST_WORK];
};

interface Guests {
  readonly cache: VmCache;
  readonly tree: GuestTree;
  readonly program: string;
  readonly emulator: string;
  readonly options: VmOptions;
}

const emulatorHere = async (): Promise<string> => {
  const { stdout } = await runTool([QEMU, '--version'], { limitMs: VERSION_LIMIT_MS });
  return stdout.split('\n', 1)[0]!;
};

const settingOf = (
  kernel: Kernel,
  emulator: string,
  accelerator: GuestResult['accelerator'],
  limitNs: number,
): GuestSetting => ({
  kernel: kernel.name,
  accelerator,
  emulated: accelerator === 'tcg',
  emulator,
  commit: commitOf(),
  limitNs,
});

interface GuestRun {
  /** Of cfsbench in the guest. */
  readonly exit: number;
  /** Null: the guest measured nothing. */
  readonly runDir: string | null;
}

const runOne = async (
  asked: AskedKernel,
  argv: readonly string[],
  guests: Guests,
  out: string | null,
): Promise<GuestRun> => {
  const { cache, tree, program, emulator, options } = guests;
  const kernel = await openKernel(asked, { cache, busybox: tree.busybox, say });
  say(`kernel: ${kernel.name}`);
  const { exit, folder } = await runInGuest({
    cache,
    kernel,
    tree,
    program,
    command: guestCommand(argv),
    environment: (accelerator) => ({
      [GUEST]: JSON.stringify(settingOf(kernel, emulator, accelerator, options.limit)),
    }),
    memoryMb: options.memory,
    limitMs: options.limit / 1e6,
    say,
    onLine: say,
  });
  const from = join(folder, RUN);
  if (!existsSync(from)) return { exit, runDir: null };
  const runDir = out ?? resolve(RUNS, nameOf(kernel.name));
  makeFolder(runDir);
  cpSync(from, runDir, { recursive: true });
  return { exit, runDir };
};

const plainName = (text: string): string => text.replace(/[^\w.+-]/g, '-');

export const nameOf = (what: string): string =>
  `${new Date().toISOString().slice(0, 10)}-vm-${plainName(what)}-${process.pid}`;

/** With several kernels a folder for each. */
const outOf = (asked: AskedKernel, count: number, { out }: VmOptions): string | null => {
  if (out === undefined) return null;
  return count === 1 ? resolve(out) : resolve(out, plainName(asked.from));
};

export interface AskedGuests {
  readonly asked: readonly AskedKernel[];
  readonly words: readonly string[];
  readonly options: VmOptions;
}

/** One guest after the other. `failed` gets the error of a guest; where it is absent, that error is thrown. */
export const runGuests = async (
  { asked, words, options }: AskedGuests,
  ended: (run: GuestRun) => Promise<void>,
  failed?: (error: UserError) => void,
): Promise<void> => {
  if (asked.length === 0)
    throw new UserError('--kernel is missing', {
      hint: '--kernel deb:6.12, or --kernel arch/x86/boot/bzImage',
    });
  const argv = argumentsOf(words);
  requireVm();
  const outs = asked.map((one) => outOf(one, asked.length, options));
  for (const out of outs) if (out !== null && existsSync(out)) refuseNonEmpty(out);
  const cache = openCache(options.cache);
  try {
    const tree = await openGuestTree(cache, say);
    const program = await openGuestProgram(cache);
    const guests = { cache, tree, program, emulator: await emulatorHere(), options };
    for (const [at, one] of asked.entries())
      try {
        await ended(await runOne(one, argv, guests, outs[at]!));
      } catch (error) {
        if (failed === undefined || !isGuestFailure(error)) throw error;
        failed(error);
      }
  } finally {
    cache.close();
  }
};

const show = async ({ exit, runDir }: GuestRun): Promise<number> => {
  if (runDir === null) return exit;
  const { broken, errors } = await showRun(runDir);
  if (errors.length > 0) throw errors[0];
  return exit === 0 ? reportExitCode(broken) : exit;
};

export const vm = (asked: AskedGuests): Promise<void> =>
  runGuests(asked, async (run) => {
    const exit = await show(run);
    if (exit !== 0) process.exitCode = exit;
  });
