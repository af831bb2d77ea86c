// Where the results of guests are put: named and checked before a guest is booted.
import { accessSync, constants, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeFolder, removeEmpty } from '../../results/files.ts';
import { explaining } from '../../results/system-error.ts';
import type { AskedKernel } from '../vm/kernel.ts';

const plainName = (text: string): string => text.replace(/[^\w.+-]/g, '-');

export const nameOf = (what: string): string =>
  `${new Date().toISOString().slice(0, 10)}-vm-${plainName(what)}-${process.pid}`;

/** The name, or the first with a number after it that is not taken. */
const firstFree = (name: string, isTaken: (name: string) => boolean): string => {
  let free = name;
  for (let number = 2; isTaken(free); number++) free = `${name}-${number}`;
  return free;
};

/** A path that does not exist. */
export const unused = (path: string): string => firstFree(path, existsSync);

/** The folder of each kernel's run. Several kernels have folders of their own below `out`. Null: below `runs`, named after the kernel. */
export const outsOf = (
  asked: readonly AskedKernel[],
  out: string | undefined,
): readonly (string | null)[] => {
  if (out === undefined) return asked.map(() => null);
  if (asked.length === 1) return [resolve(out)];
  const taken = new Set<string>();
  return asked.map(({ from }) => {
    const name = firstFree(plainName(from), (one) => taken.has(one));
    taken.add(name);
    return resolve(out, name);
  });
};

interface OutFolders {
  /** Removes the folders that were made here and are still empty. */
  removeEmpty(): void;
}

/** Makes the folders. Throws if one cannot be written to. */
export const makeWritable = (folders: readonly string[]): OutFolders => {
  const hint = '--out DIR, a folder that you can write to';
  const made: (readonly string[])[] = [];
  const removeAll = (): void => {
    for (const one of made.toReversed()) removeEmpty(one);
  };
  try {
    for (const path of folders) {
      made.push(makeFolder(path));
      explaining({ doing: 'write to the folder', path, hint }, () => accessSync(path, constants.W_OK));
    }
  } catch (error) {
    removeAll();
    throw error;
  }
  return { removeEmpty: removeAll };
};
