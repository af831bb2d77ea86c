// Opens a page in the user's browser: with $BROWSER, else with xdg-open.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { UserError } from '../model/errors.ts';

/** Returns when the program has started; it may run as long as it likes. */
export const openPage = async (path: string): Promise<void> => {
  const program = process.env['BROWSER'] || 'xdg-open';
  const child = spawn(program, [resolve(path)], { detached: true, stdio: 'ignore' });
  await new Promise<void>((started, failed) => {
    child.once('spawn', started);
    child.once('error', ({ message }) =>
      failed(
        new UserError(`cannot open the page with ${program}`, {
          facts: [message],
          hint: `BROWSER=firefox, or open it yourself: ${path}`,
        }),
      ),
    );
  });
  child.unref();
};
