// Files that a run under sudo made belong to the user who called sudo.
//
// Needs:   root; SUDO_UID and SUDO_GID, which sudo sets.
// Does:    chown of the run folder and all below it, and of a parent that the run made, where the folder above belongs to that user.
//          Each file is opened below the descriptor of its folder and changed by its own descriptor, so that a name that the user
//          exchanges meanwhile leads nowhere. Symbolic links are not followed, files with several names are left alone.
// Leaves:  the new owner.
// Source:  O_PATH and O_NOFOLLOW in open(2), /proc/PID/fd in proc(5).
import { chownSync, closeSync, constants, fstatSync, openSync, readdirSync } from 'node:fs';
import { O_PATH } from './files.ts';
import type { OpenFolder } from './folder-lock.ts';

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

/** Opens what `name` is in a folder, not what a link leads to. */
const within = <T>(fd: number, name: string, work: (below: number) => T): T => {
  const below = openSync(`/proc/self/fd/${fd}/${name}`, O_PATH | constants.O_NOFOLLOW);
  try {
    return work(below);
  } finally {
    closeSync(below);
  }
};

/** One file, link or folder, not what is below it. */
const giveOne = (fd: number, { uid, gid }: Owner): void => {
  const stat = fstatSync(fd);
  if (stat.uid === 0 && (stat.isDirectory() || stat.nlink === 1)) chownSync(`/proc/self/fd/${fd}`, uid, gid);
};

/** A folder comes after all below it: until then only root can exchange its names. */
const give = (fd: number, owner: Owner): void => {
  if (fstatSync(fd).isDirectory())
    for (const name of readdirSync(`/proc/self/fd/${fd}`)) within(fd, name, (below) => give(below, owner));
  giveOne(fd, owner);
};

const giveLatest = (parent: number, owner: Owner): void => {
  if (!readdirSync(`/proc/self/fd/${parent}`).includes('latest')) return;
  within(parent, 'latest', (fd) => {
    if (fstatSync(fd).isSymbolicLink()) giveOne(fd, owner);
  });
};

/** A folder of results: `runs/ID`, whose parent has a link `latest` beside it. The caller has held it open during the run. */
export const giveBack = ({ fd }: Pick<OpenFolder, 'fd'>): void => {
  const user = sudoUser();
  if (user === null) return;
  within(fd, '..', (parent) => {
    const { uid } = fstatSync(parent);
    const isMadeHere = uid === 0 && within(parent, '..', (above) => fstatSync(above).uid) === user.uid;
    if (uid !== user.uid && !isMadeHere) return;
    give(fd, user);
    giveLatest(parent, user);
    if (isMadeHere) giveOne(parent, user);
  });
};
