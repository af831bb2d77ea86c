// A small tree on disk with every type of entry, and its walk.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setXattr } from '../../../harness/sys/xattrs.ts';

export const notRoot =
  process.geteuid?.() === 0 ? false : 'needs root: owners, devices and trusted attributes';

export const tempFolder = (): string => mkdtempSync(join(tmpdir(), 'cfsbench-digest-'));

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Sets mtimes with nanoseconds, which `utimes` of the standard library cannot hold. */
export const setMtime = (path: string, time: string): void => {
  execFileSync('touch', ['-h', '-d', time, path], { env: { ...process.env, TZ: 'UTC' } });
};

const socketAt = async (path: string): Promise<void> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  // Closing the server unlinks its path, so the socket is renamed first.
  execFileSync('mv', [path, `${path}.kept`]);
  await new Promise((resolve) => server.close(resolve));
  execFileSync('mv', [`${path}.kept`, path]);
};

export const growRichTree = async (root: string): Promise<void> => {
  const at = (name: string): string => join(root, name);
  mkdirSync(at('dir'));
  mkdirSync(at('dir/deep'));
  // Byte order of whole paths: `dir`, `dir.txt`, `dir/…`.
  writeFileSync(at('dir.txt'), 'between a directory and its contents');
  writeFileSync(at('dir/file'), 'x'.repeat(5000));
  writeFileSync(at('dir/deep/empty'), '');
  writeFileSync(at('zeta'), 'shared by two names');
  linkSync(at('zeta'), at('alpha'));
  writeFileSync(at('zeta-alone'), 'shared by two names');
  writeFileSync(
    Buffer.concat([Buffer.from(`${root}/odd`), Buffer.from([0x09, 0xff, 0x5c, 0x20, 0x0a])]),
    'odd name',
  );
  symlinkSync('dir/file', at('link'));
  execFileSync('mknod', [at('char'), 'c', '1', '3']);
  execFileSync('mknod', [at('block'), 'b', '300', '70000']);
  execFileSync('mkfifo', [at('fifo')]);
  await socketAt(at('socket'));
  setXattr(Buffer.from(at('dir/file')), 'user.colour', 'red');
  setXattr(Buffer.from(at('dir/file')), 'user.empty', '');
  setXattr(Buffer.from(at('dir')), 'trusted.note', 'a=b\0\xff');
  setXattr(Buffer.from(at('link')), 'trusted.on-link', '1');
  lchownSync(at('dir.txt'), 1000, 70000);
  // After chown, which clears the set-user-id bit.
  chmodSync(at('dir.txt'), 0o4750);
  for (const name of [
    'dir/deep/empty',
    'dir/deep',
    'dir/file',
    'dir',
    'dir.txt',
    'link',
    'zeta',
    'zeta-alone',
    'char',
  ])
    setMtime(at(name), '2001-02-03 04:05:06.000000789');
  lutimesSync(root, 1, -5);
};
