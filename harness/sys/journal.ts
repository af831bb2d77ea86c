// Whether a mounted ext4 has a journal.
//
// Reads:   /sys/dev/block/MAJOR:MINOR and /sys/fs/ext4/NAME/journal_task.
// Error:   false for other file systems, and if sysfs lacks the file.
// Source:  Documentation/ABI/testing/sysfs-fs-ext4; fs/ext4/ialloc.c (recently_deleted is called only without a journal).
import { readFileSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type { Mount } from './mountinfo.ts';

const NO_TASK = '<none>';

export const isWithoutJournal = ({ type, device }: Pick<Mount, 'type' | 'device'>): boolean => {
  if (type !== 'ext4') return false;
  try {
    const name = basename(realpathSync(`/sys/dev/block/${device}`));
    return readFileSync(`/sys/fs/ext4/${name}/journal_task`, 'utf8').trim() === NO_TASK;
  } catch {
    return false;
  }
};
