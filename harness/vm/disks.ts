// File systems in files, for the disks of a guest.
import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { runProgram } from './run-program.ts';

const MB = 1024 * 1024;
/** Without a file in it. */
const LEAST_MB = 64;

/** A file of zeros that takes no space. */
export const sparseFile = (path: string, sizeBytes: number): void => {
  const fd = openSync(path, 'wx', 0o600);
  ftruncateSync(fd, sizeBytes);
  closeSync(fd);
};

/** An ext4 with the files of a folder, and no room for more than a few others. */
export const packFolder = async (folder: string, path: string): Promise<void> => {
  const usage = await runProgram('add up the files', ['du', '-sm', '--', folder]);
  const sizeMb = Math.ceil(Number.parseInt(usage, 10) * 1.25) + LEAST_MB;
  sparseFile(path, sizeMb * MB);
  const make = [
    'mkfs.ext4',
    '-q',
    '-F',
    '-O',
    '^has_journal',
    '-m',
    '0',
    '-E',
    'root_owner=0:0',
    '-d',
    folder,
    path,
  ];
  await runProgram('make a disk of the guest', make);
};

/** An empty ext4 whose files can have fs-verity. */
export const emptyDisk = async (path: string, sizeBytes: number): Promise<void> => {
  sparseFile(path, sizeBytes);
  const make = [
    'mkfs.ext4',
    '-q',
    '-F',
    '-O',
    'verity',
    '-b',
    '4096',
    '-E',
    'lazy_itable_init=1,nodiscard',
    path,
  ];
  await runProgram('make the disk that the guest works on', make);
};
