// Runs commands beside timed windows.
//
// Does:    posix_spawn with an absolute path; standard input and output are /dev/null (or a file), standard error a memory file.
//          The calling thread sleeps until the exit, or polls between other work with `yields`.
// Error:   a few microseconds between the exit and the return; milliseconds with `yields`.
// Cost:    no copy of this process: after a fork, each page that this process writes would be copied inside the next window.
// Leaves:  nothing: a command is killed at its time limit. One that the kernel cannot end, because it waits for a disk, is left.
// Source:  posix_spawn(3), memfd_create(2), pidfd_open(2).
import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../model/errors.ts';
import type { CommandOptions } from '../model/machine.ts';
import { nowNs } from './clock.ts';
import { faultIn, logTail } from './log-tail.ts';
import { openLog } from './logs.ts';
import { openPidfd, reap, signalProcess, waitReadable } from './processes.ts';
import { spawnProcess } from './spawn.ts';

const SIGKILL = 9;
const DEFAULT_LIMIT_MS = 600_000;
/** For a killed command to exit. */
const KILL_LIMIT_MS = 2000;
const POLL_MS = 2;

interface RunCommandOptions extends CommandOptions {
  readonly onSpawn?: (pid: number) => void;
  readonly onExit?: (pid: number) => void;
  /** Called at the time limit: ends waits of the command in the kernel, which SIGKILL does not end. */
  readonly beforeKill?: () => void;
  /** Lets other work of this process continue meanwhile. One such command at a time. */
  readonly yields?: boolean;
}

interface CommandStreams {
  readonly devNull: number;
  /** Truncated after each command. */
  readonly stderr: number;
}

let opened: CommandStreams | null = null;

/** Opened once, before anything is counted, so that a command makes no calls except its own start. */
export const openCommandStreams = (): CommandStreams => {
  if (opened !== null) return opened;
  opened = { devNull: openSync('/dev/null', 'r+'), stderr: openLog() };
  return opened;
};

const KILLED = `signal ${SIGKILL}`;

interface CommandEnd {
  readonly how: string;
  readonly timedOut: boolean;
}

/** Polls for the exit while other work continues. Returns the rest of the time limit. */
const pollForExit = async (pidfd: number, limitMs: number): Promise<number> => {
  const untilNs = nowNs() + limitMs * 1e6;
  const leftMs = (): number => Math.max(0, Math.ceil((untilNs - nowNs()) / 1e6));
  while (leftMs() > 0 && !waitReadable(pidfd, 0)) await wait(POLL_MS);
  return leftMs();
};

interface RunningCommand {
  readonly pid: number;
  readonly pidfd: number;
}

/** Kills the command after `restMs`. */
const waitForExit = (
  { pid, pidfd }: RunningCommand,
  restMs: number,
  beforeKill: () => void = () => {},
): CommandEnd => {
  const timedOut = !waitReadable(pidfd, restMs);
  if (timedOut) {
    beforeKill();
    signalProcess(pid, SIGKILL);
    waitReadable(pidfd, KILL_LIMIT_MS);
  }
  return { how: reap(pid) ?? 'SIGKILL did not end it', timedOut };
};

const commandError = (
  argv: readonly string[],
  { how, timedOut }: CommandEnd,
  limitMs: number,
  stderr: string[],
): UserError =>
  new UserError(`${argv[0]}: ${timedOut ? 'took too long' : 'failed'}`, {
    exit: 5,
    code: timedOut ? 'timeout' : (faultIn(stderr) ?? 'command-failed'),
    facts: [
      `command: ${argv.join(' ')}`,
      ...(timedOut ? [`killed after ${limitMs} ms`] : []),
      ...(timedOut && how === KILLED ? [] : [how]),
      ...stderr,
    ],
  });

export const runCommand = async (argv: readonly string[], options: RunCommandOptions = {}): Promise<void> => {
  const { devNull, stderr } = openCommandStreams();
  const limitMs = options.timeoutMs ?? DEFAULT_LIMIT_MS;
  const output = options.stdout === undefined ? null : openSync(options.stdout, 'w');
  try {
    const pid = spawnProcess(argv, { stdin: devNull, stdout: output ?? devNull, stderr });
    options.onSpawn?.(pid);
    const pidfd = openPidfd(pid);
    let end: CommandEnd;
    try {
      const restMs = options.yields === true ? await pollForExit(pidfd, limitMs) : limitMs;
      end = waitForExit({ pid, pidfd }, restMs, options.beforeKill);
    } finally {
      closeSync(pidfd);
    }
    const isFine = end.how === 'exit 0' && !end.timedOut;
    const lines = isFine ? [] : logTail(stderr);
    ftruncateSync(stderr, 0);
    options.onExit?.(pid);
    if (!isFine) throw commandError(argv, end, limitMs, lines);
  } finally {
    if (output !== null) closeSync(output);
  }
};
