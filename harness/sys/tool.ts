// Runs a program beside the event loop, so that interrupts are handled meanwhile.
//
// Does:    starts the program in a session of its own. At its limit and at an interrupt, SIGKILL ends its process group, that is also
//          the processes that it started.
// Error:   the return is at most 2 s later than the kill, also if a process outside the group holds the output.
// Leaves:  processes of a killed program that left its group, and those that the kernel cannot end.
import { type ChildProcess, spawn } from 'node:child_process';
import { interruptedError, onInterrupt } from './interrupts.ts';
import { timerMs } from './timer-limit.ts';

export interface ToolEnd {
  /** Null if it was killed or could not be started. */
  readonly status: number | null;
  /** `exit 1`, `SIGKILL`, `killed after 20 s`, `ENOENT`. */
  readonly how: string;
  readonly stdout: string;
  readonly stderr: string;
}

interface ToolOptions {
  readonly limitMs: number;
  readonly env?: NodeJS.ProcessEnv;
}

type ProgramEnd = Pick<ToolEnd, 'status' | 'how'>;

/** For the output of a killed program to end. */
const KILL_LIMIT_MS = 2000;

const killGroup = ({ pid }: ChildProcess): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
};

/** Nothing of it keeps this process alive. */
const abandon = (child: ChildProcess): void => {
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
};

/** Throws if it is interrupted. */
const endOf = async (child: ChildProcess, limitMs: number): Promise<ProgramEnd> => {
  const undo: (() => void)[] = [];
  let isTooLong = false;
  let isInterrupted = false;
  const end = await new Promise<ProgramEnd>((resolve) => {
    const after = (ms: number, work: () => void): void => {
      const timer = setTimeout(work, timerMs(ms));
      undo.push(() => clearTimeout(timer));
    };
    const kill = (): void => {
      killGroup(child);
      after(KILL_LIMIT_MS, () => {
        abandon(child);
        resolve({ status: null, how: 'SIGKILL' });
      });
    };
    after(limitMs, () => {
      isTooLong = true;
      kill();
    });
    undo.push(
      onInterrupt(() => {
        isInterrupted = true;
        kill();
      }),
    );
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ status: null, how: error.code ?? error.message }),
    );
    child.once('close', (status, signal) => resolve({ status, how: signal ?? `exit ${status}` }));
  });
  for (const one of undo) one();
  if (isInterrupted) throw interruptedError();
  return isTooLong ? { status: null, how: `killed after ${limitMs / 1000} s` } : end;
};

/** Its standard input is /dev/null. Throws if it is interrupted. */
export const runTool = async (argv: readonly string[], { limitMs, env }: ToolOptions): Promise<ToolEnd> => {
  const [program = '', ...args] = argv;
  // In a session of its own: Ctrl-C reaches this process only, which kills it.
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(env === undefined ? {} : { env }),
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
    });
  return { ...(await endOf(child, limitMs)), ...text };
};
