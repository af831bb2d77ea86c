// The path of the project's own FUSE server, and the check of another one named by an option.
import { accessSync, constants, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UserError } from '../model/errors.ts';

export const serverPath = fileURLToPath(new URL('../../daemon/cfs-fuse', import.meta.url));

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

export const checkServer = (path: string): void => {
  if (!isExecutable(path))
    throw new UserError(`the server cannot be run: ${path}`, {
      facts: ['server=PATH must name a program that takes the arguments of cfs-fuse'],
      hint: 'sh daemon/build.sh build/other',
    });
};
