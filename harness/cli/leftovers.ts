// Folders that killed processes left: found by their names, removed only if they carry our mark, are ours and their lock is free.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { visible } from '../../results/visible.ts';
import type { UserError } from '../model/errors.ts';
import { FEATURES_PREFIX } from '../sys/features/folder-name.ts';
import { forgetFolder } from '../sys/folder-index.ts';
import { type FoundFolder, inspectFolder, removeMarkedFolder } from '../sys/marked-folder.ts';
import { type Mount, readMounts } from '../sys/mountinfo.ts';
import { WORK_PREFIX } from './work-folder.ts';

/** Other marked folders are caches. */
export const hasLeftoverName = (path: string): boolean => {
  const name = basename(path);
  return name.startsWith(WORK_PREFIX) || name.startsWith(FEATURES_PREFIX);
};

/** Paths directly in `dir` with such a name. */
export const leftoversIn = (dir: string): readonly string[] => {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter(hasLeftoverName)
    .sort()
    .map((name) => join(dir, name));
};

export type Cleaned =
  /** `recent`: a file that a process may still be writing. */
  | { readonly kind: 'live' | 'recent' | 'gone' }
  | { readonly kind: 'strange'; readonly reason: string }
  | { readonly kind: 'removed' | 'stays'; readonly isKept: boolean }
  | { readonly kind: 'failed'; readonly facts: readonly string[] };

export const failed = (error: unknown): Cleaned => {
  const { message, facts = [], hint = '' } = error as Partial<UserError> & Error;
  const hints = hint === '' ? [] : [`try: ${hint}`];
  return { kind: 'failed', facts: [...(facts.length > 0 ? facts : [message]), ...hints] };
};

/** `removes`: whether to remove this folder of a process that has ended; called only for such a folder. */
export const cleanOne = async (
  path: string,
  removes: (found: { readonly isKept: boolean }) => boolean,
  mounts: readonly Mount[],
): Promise<Cleaned> => {
  try {
    const found: FoundFolder = inspectFolder(path);
    if (found.kind === 'gone') forgetFolder(path);
    if (found.kind !== 'left') return found;
    const { folder, isKept } = found;
    if (removes(found)) {
      await removeMarkedFolder(folder, mounts);
      return { kind: 'removed', isKept };
    }
    folder.close();
    return { kind: 'stays', isKept };
  } catch (error) {
    return failed(error);
  }
};

/** Folders that are named; the others are counted. */
const MOST_NAMED = 5;

/** Removes leftovers of killed runs from the parent of a work folder. Folders of `--keep-work` stay. */
export const removeLeftovers = async (parent: string, say: (line: string) => void): Promise<void> => {
  const paths = leftoversIn(parent);
  if (paths.length === 0) return;
  const mounts = readMounts();
  let removedCount = 0;
  for (const path of paths) {
    const removes = ({ isKept }: { readonly isKept: boolean }): boolean => {
      if (!isKept && ++removedCount <= MOST_NAMED)
        say(`removing a leftover of a killed run: ${visible(path)}`);
      return !isKept;
    };
    const cleaned = await cleanOne(path, removes, mounts);
    if (cleaned.kind === 'failed')
      say(
        `cannot remove a leftover of a killed run: ${visible(path)}: ${cleaned.facts.map(visible).join('; ')}`,
      );
  }
  if (removedCount > MOST_NAMED)
    say(`removed leftovers of killed runs: ${removedCount - MOST_NAMED} more folders in ${visible(parent)}`);
};
