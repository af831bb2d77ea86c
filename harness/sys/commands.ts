// Runs a command to its end, as a runtime would: one fork, one execve, nothing read but its errors.
//
// Does:    execa with an absolute path; standard input and output are /dev/null (or a file), errors come through a pipe.
// Error:   wall time includes the event loop's own time to notice the end, about 1 ms in all; the row of a null command shows it.
// Leaves:  nothing: past its time limit a command is killed.
import { closeSync, openSync } from 'node:fs';
import { execa } from 'execa';
import { UserError } from '../model/errors.ts';
import type { CommandOptions } from '../model/machine.ts';
import { cleanEnvironment, programPath } from './spawn.ts';

const LAST_WORDS_BYTES = 2048;

export interface RunOptions extends CommandOptions {
  readonly onSpawn?: (pid: number) => void;
  readonly onExit?: (pid: number) => void;
}

/** Keeps the end of a stream, whatever its length. */
const keepTail = (stream: NodeJS.ReadableStream | null): (() => string) => {
  let tail = Buffer.alloc(0);
  stream?.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-LAST_WORDS_BYTES);
  });
  return () => tail.toString('utf8');
};

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

export const runCommand = async (argv: readonly string[], options: RunOptions = {}): Promise<void> => {
  const [name = '', ...args] = argv;
  const path = programPath(name);
  const output = options.stdout === undefined ? null : openSync(options.stdout, 'w');
  try {
    const child = execa(path, args, {
      stdin: 'ignore',
      // A descriptor is passed on as it is; the declared types leave numbers out.
      stdout: (output ?? 'ignore') as 'ignore',
      stderr: 'pipe',
      buffer: false,
      reject: false,
      extendEnv: false,
      env: cleanEnvironment(),
      killSignal: 'SIGKILL',
      // The PID namespace ends what this process leaves; handlers for every signal would cost 70 calls per command.
      cleanup: false,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    });
    if (child.pid !== undefined) options.onSpawn?.(child.pid);
    const tail = keepTail(child.stderr);
    const result = await child;
    if (child.pid !== undefined) options.onExit?.(child.pid);
    if (!result.failed) return;
    const how = result.timedOut
      ? `killed after ${options.timeoutMs} ms`
      : result.signal !== undefined
        ? `ended by ${result.signal}`
        : `exit ${result.exitCode}`;
    throw new UserError(`${name}: ${result.timedOut ? 'took too long' : 'failed'}`, {
      exit: 5,
      code: result.timedOut ? 'timeout' : 'command-failed',
      facts: [`command: ${argv.join(' ')}`, how, ...lines(tail())],
    });
  } finally {
    if (output !== null) closeSync(output);
  }
};
