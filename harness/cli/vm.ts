// `cfsbench vm`: one run in a guest for each kernel, brought back as a run folder and shown as any other run.
import { cpSync, existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder } from '../../results/files.ts';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { compileAtFirstUse } from '../sys/compile-native.ts';
import { GUEST, type GuestSetting } from '../sys/guest.ts';
import { runTool } from '../sys/tool.ts';
import { openCache, requireRoom, type VmCache } from '../vm/cache.ts';
import { asGuestFailure, type GuestResult, isGuestFailure, keepResults, runInGuest } from '../vm/guest.ts';
import { openGuestProgram } from '../vm/guest-program.ts';
import { guestCommand } from '../vm/guest-scripts.ts';
import { type GuestTree, openGuestTree } from '../vm/guest-tree.ts';
import { type AskedKernel, type Kernel, openKernel } from '../vm/kernel.ts';
import { QEMU } from '../vm/machine.ts';
import { reportExitCode, worstOf } from './exit-code.ts';
import { makeWritable, nameOf, outsOf, unused } from './guest-folders.ts';
import { guestArguments, RUN } from './guest-run.ts';
import { holdResults } from './hold-folders.ts';
import { holdMachine } from './one-run.ts';
import { RUNS } from './runs-folder.ts';
import { showRun } from './show-run.ts';
import { typedRun } from './typed-run.ts';
import { commitOf } from './version.ts';
import type { VmOptions } from './vm-command.ts';
import { requireVm } from './vm-needs.ts';
import { refuseNonEmpty } from './work-folder.ts';

const VERSION_LIMIT_MS = 5000;
/** Disks of a guest are sparse: what a small run writes, the program and a kernel. */
const GUEST_BYTES = 2 * 1024 ** 3;

const say = (line: string): void => void process.stderr.write(`${visible(line)}\n`);

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

/** What is done with the run of a guest. */
type WithGuestRun = (run: GuestRun) => Promise<void>;

const copyRun = (from: string, runDir: string): void => {
  makeFolder(runDir);
  refuseNonEmpty(runDir);
  cpSync(from, runDir, { recursive: true });
};

/** `out`: null: a new folder below `runs`, which is held until the run was shown; the caller holds another one. */
const runOne = async (
  asked: AskedKernel,
  argv: readonly string[],
  guests: Guests,
  { out, ended }: { readonly out: string | null; readonly ended: WithGuestRun },
): Promise<void> => {
  const { cache, tree, program, emulator, options } = guests;
  const kernel = await openKernel(asked, { cache, busybox: tree.busybox, say }).catch((error) => {
    throw asGuestFailure(error);
  });
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
    leaves: RUN,
    say,
    onLine: say,
  });
  const from = join(folder, RUN);
  if (statSync(from, { throwIfNoEntry: false })?.isDirectory() !== true) return ended({ exit, runDir: null });
  const runDir = out ?? unused(resolve(RUNS, nameOf(kernel.name)));
  let held: Awaited<ReturnType<typeof holdResults>> | null = null;
  try {
    try {
      if (out === null) held = await holdResults(runDir);
      copyRun(from, runDir);
    } catch (error) {
      throw notCopied(error, runDir, keepResults(cache, folder));
    }
    await ended({ exit, runDir });
  } finally {
    held?.close();
  }
};

const notCopied = (error: unknown, runDir: string, kept: string): UserError =>
  new UserError(`cannot write the results of the guest to ${visible(runDir)}`, {
    exit: 5,
    facts: [(error as Error).message, `all that it returned is in ${kept}`],
    hint: `${shellLine(['cp', '-R', join(kept, RUN)])} DIR`,
  });

export interface AskedGuests {
  readonly asked: readonly AskedKernel[];
  readonly words: readonly string[];
  readonly options: VmOptions;
}

/** One guest after the other; the caller holds `--out`. `failed` gets the error of a guest; where it is absent, that error is thrown. */
export const runGuests = async (
  { asked, words, options }: AskedGuests,
  ended: WithGuestRun,
  failed?: (error: UserError) => void,
): Promise<void> => {
  if (asked.length === 0)
    throw new UserError('--kernel is missing', {
      hint: '--kernel deb:6.12, or --kernel arch/x86/boot/bzImage',
    });
  const argv = guestArguments(words, options.limit);
  const isAllowed = typedRun(words.slice(1)).allowParallel === true;
  requireVm();
  const outs = outsOf(asked, options.out);
  for (const out of outs) if (out !== null && existsSync(out)) refuseNonEmpty(out);
  await compileAtFirstUse();
  const machine = await holdMachine(outs[0] ?? resolve(RUNS), { startedAt: new Date(), isAllowed });
  const folders = makeWritable(outs.map((out) => out ?? resolve(RUNS)));
  try {
    const cache = openCache(options.cache);
    try {
      requireRoom(cache.path, GUEST_BYTES);
      const program = await openGuestProgram(cache);
      const tree = await openGuestTree(cache, say);
      const guests = { cache, tree, program, emulator: await emulatorHere(), options };
      for (const [at, one] of asked.entries())
        try {
          await runOne(one, argv, guests, { out: outs[at]!, ended });
        } catch (error) {
          if (failed === undefined || !isGuestFailure(error)) throw error;
          failed(error);
        }
    } finally {
      cache.close();
    }
  } finally {
    folders.removeEmpty();
    machine.close();
  }
};

const show = async ({ exit, runDir }: GuestRun): Promise<number> => {
  if (runDir === null) return exit;
  const { broken, errors } = await showRun(runDir);
  if (errors.length > 0) throw errors[0];
  return exit === 0 ? reportExitCode(broken) : exit;
};

export const vm = async (asked: AskedGuests): Promise<void> => {
  const exits: number[] = [];
  const { out } = asked.options;
  const held = out === undefined ? null : await holdResults(resolve(out));
  try {
    await runGuests(asked, async (run) => {
      exits.push(await show(run));
      process.exitCode = worstOf(exits);
    });
  } finally {
    held?.close();
  }
};
