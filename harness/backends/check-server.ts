// The check of a FUSE server that an option names.
import { accessSync, constants, statSync } from 'node:fs';
import { UserError } from '../model/errors.ts';

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
