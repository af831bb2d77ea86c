// Folders of the work file system that may be there already.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** With its parents. The recursive mkdir of Node.js reports ENOENT where the file system is read-only or fails. */
export const ensureFolder = (path: string): void => {
  if (existsSync(path)) return;
  ensureFolder(dirname(path));
  mkdirSync(path);
};
