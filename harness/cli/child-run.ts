// A run in a process of its own: one of a pool, or the confirming run of a comparison.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { onInterrupt } from '../sys/interrupts.ts';
import { KILLED } from './exit-code.ts';

/** Node.js would say that its own program is missing. */
const refuseGone = (cwd: string): void => {
  try {
    // Fails for a file, too.
    accessSync(`${cwd}/.`, constants.X_OK);
  } catch (error) {
    throw new UserError(`the working directory of the run ${visible(cwd)} is gone`, {
      facts: [(error as Error).message],
      hint: 'start a new run: cfsbench run',
    });
  }
};

/**
 * Returns its exit code. `holds`: a descriptor that it keeps open until it ends. In a process group of its own, so that Ctrl-C reaches it once, through this process. It ends when the channel to
 * this process closes.
 */
export const runChild = async (
  argv: readonly string[],
  cwd: string,
  ...holds: readonly number[]
): Promise<number> => {
  refuseGone(cwd);
  const child = spawn(process.execPath, [process.argv[1]!, ...argv], {
    cwd,
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc', ...holds],
  });
  const forget = onInterrupt(() => void child.kill('SIGINT'));
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? KILLED));
    });
  } finally {
    forget();
  }
};
