// Where the build puts the project's own FUSE server, and whether another one that was named can be run.
import { accessSync, constants, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UserError } from '../model/errors.ts';

export const serverPath = fileURLToPath(new URL('../../daemon/cfs-fuse', import.meta.url));

export const checkServer = (path: string): void => {
  try {
    accessSync(path, constants.X_OK);
    if (statSync(path).isFile()) return;
  } catch {
    // Said below.
  }
  throw new UserError(`no server that can be run: ${path}`, {
    facts: ['server=PATH names a program that takes the arguments of cfs-fuse'],
    hint: 'build one: sh daemon/build.sh build/other',
  });
};
