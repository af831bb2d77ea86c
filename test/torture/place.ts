// A file system of its own in a private mount namespace, to be filled or broken during a run.
//
// Needs:   root, unshare and nsenter (util-linux); mkfs.ext4 and a loop device for `ext4`.
// Does:    a process holds the namespace; commands enter it by nsenter.
// Leaves:  nothing: the kernel removes the mounts with the last process of the namespace, which dies with this one.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterwards, type Owner } from '../end-to-end/support.ts';
import { CannotTry } from './trial.ts';

const MIB = 1 << 20;

export interface Place {
  /** In front of a command that is to see the file system. */
  readonly enter: readonly string[];
  /** Its root, as commands inside see it. */
  readonly root: string;
  /** The same as seen from here. */
  readonly outside: string;
  /** Runs a shell command inside; throws if it fails. */
  sh(script: string): string;
}

/** `script` mounts something on "$1" and may write to "$2", a folder of its own. */
export const openPlace = async (owner: Owner, home: string, script: string): Promise<Place> => {
  const [root, own] = [join(home, 'place'), join(home, 'own')];
  for (const folder of [root, own]) mkdirSync(folder);
  const holder = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private', '--', 'sh', '-c'],
      ...[`set -e; ${script}; cd /; echo ready; exec sleep 86400`, 'place', root, own],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise<string>((resolve) => {
    let words = '';
    holder.stderr.on('data', (bytes: Buffer) => {
      words += bytes.toString();
    });
    holder.once('close', () => resolve(words));
  });
  afterwards(owner, async () => {
    holder.kill('SIGKILL');
    await ended;
  });
  const ready = new Promise<null>((resolve) => holder.stdout.once('data', () => resolve(null)));
  const failed = await Promise.race([ready, ended]);
  if (failed !== null) throw new CannotTry(`no file system of its own: ${failed.trim()}`);
  const enter = ['nsenter', '-t', String(holder.pid), '-m', '--'];
  return {
    enter,
    root,
    outside: `/proc/${holder.pid}/root${root}`,
    sh(line) {
      const [program = '', ...args] = [...enter, 'sh', '-c', line, 'place', root, own];
      const done = spawnSync(program, args, { encoding: 'utf8' });
      if (done.status !== 0) throw new Error(`${line}: ${done.stderr}`);
      return done.stdout;
    },
  };
};

/** Writes until the file system is full. */
export const fill = ({ outside }: Place): void => {
  const fd = openSync(join(outside, 'filler'), 'w');
  try {
    for (const block = Buffer.alloc(MIB); ; ) writeSync(fd, block);
  } catch {
    // Smaller writes take the rest.
  }
  try {
    for (const block = Buffer.alloc(1); ; ) writeSync(fd, block);
  } catch {
    closeSync(fd);
  }
};

/** Makes files until no inode is left. */
export const takeInodes = ({ outside }: Place): void => {
  try {
    for (let i = 0; ; i++) closeSync(openSync(join(outside, `filler-${i}`), 'w'));
  } catch {
    // No inode is left.
  }
};
