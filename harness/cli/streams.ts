// Standard output and standard error, when they cannot be written.
//
// Does:   output that a reader no longer takes (`cfsbench list | head -1`) is dropped; the command continues, cleans up and ends with its
//         own exit code. Any other failure of standard output, such as a full disk, is one sentence at the end, and exit code 1.
// Error:  Node.js opens /dev/null in place of a closed descriptor (`>&-`): there nothing fails.
import { describeError } from './print-error.ts';

export const watchStreams = (): void => {
  let failure: Error | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure ??= error;
  });
  // There is nowhere left to say it, and progress that cannot be shown must not end a run.
  process.stderr.on('error', () => {});
  process.on('exit', () => {
    if (failure === undefined) return;
    process.stderr.write(describeError(failure, { doing: 'write', path: 'standard output' }).text);
    process.exitCode ||= 1;
  });
};
