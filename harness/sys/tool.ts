// Runs a program beside the event loop, so that interrupts are handled meanwhile.
//
// Error:   a program that exceeds its limit is killed by SIGKILL, as by an interrupt.
// Leaves:  nothing; a program that was killed may leave its own children.
import { spawn } from 'node:child_process';
import { interruptedError, onInterrupt } from './interrupts.ts';

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

/** Its standard input is /dev/null. Throws if it is interrupted. */
export const runTool = async (argv: readonly string[], { limitMs, env }: ToolOptions): Promise<ToolEnd> => {
  const [program = '', ...args] = argv;
  // In a session of its own: Ctrl-C reaches this process only, which kills it.
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
    ...(env === undefined ? {} : { env }),
  });
  const startedMs = performance.now();
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
    });
  let interrupted = false;
  const forget = onInterrupt(() => {
    interrupted = true;
    child.kill('SIGKILL');
  });
  const end = await new Promise<Pick<ToolEnd, 'status' | 'how'>>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ status: null, how: error.code ?? error.message }),
    );
    child.once('close', (status, signal) => {
      const isTooLong = signal !== null && performance.now() - startedMs >= limitMs;
      resolve({ status, how: isTooLong ? `killed after ${limitMs / 1000} s` : (signal ?? `exit ${status}`) });
    });
  });
  forget();
  if (interrupted) throw interruptedError();
  return { ...end, ...text };
};
