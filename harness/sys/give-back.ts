// Files that a run under sudo made belong to the user who called sudo.
//
// Needs:   root; SUDO_UID and SUDO_GID, which sudo sets.
// Does:    lchown of the run folder and all below it, and of a parent that the run made, where the folder above belongs to that user.
//          Symbolic links are not followed, files with several names are left alone.
// Leaves:  the new owner.
import { lchownSync, lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const idIn = (name: string): number => {
  const text = process.env[name] ?? '';
  return /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
};

/** Null: this process does not run as root for another user. */
export const sudoUser = (): Owner | null => {
  const uid = idIn('SUDO_UID');
  return process.geteuid?.() === 0 && uid !== 0 ? { uid, gid: idIn('SUDO_GID') } : null;
};

const give = (path: string, { uid, gid }: Owner): void => {
  const stat = lstatSync(path);
  if (stat.isDirectory()) for (const name of readdirSync(path)) give(join(path, name), { uid, gid });
  if (stat.uid === 0 && (stat.isDirectory() || stat.nlink === 1)) lchownSync(path, uid, gid);
};

/** A folder of results: `runs/ID`, whose parent has a link `latest` beside it. */
export const giveBack = (runDir: string): void => {
  const user = sudoUser();
  if (user === null) return;
  const parent = dirname(runDir);
  const isMadeHere = lstatSync(parent).uid === 0 && lstatSync(dirname(parent)).uid === user.uid;
  if (lstatSync(parent).uid !== user.uid && !isMadeHere) return;
  give(runDir, user);
  const latest = join(parent, 'latest');
  if (lstatSync(latest, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    lchownSync(latest, user.uid, user.gid);
  if (isMadeHere) lchownSync(parent, user.uid, user.gid);
};
