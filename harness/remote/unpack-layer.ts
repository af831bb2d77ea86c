// Unpacks a verified layer tar beside others that are still fetched.
//
// Does:   `tar -x` into a folder with a temporary name, rename(2), unlink of the tar.
// Leaves: `.new-…` with a part of the layer when it is killed; a folder named by a digest is whole.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import { unpackCommand } from '../store/unpack.ts';

const RANDOM_BYTES = 8;

export const hasLayer = (layerDir: string, id: string): boolean => existsSync(join(layerDir, id));

export const unpackLayer = async (layerDir: string, id: string, tarPath: string): Promise<void> => {
  const into = join(layerDir, `.new-${randomBytes(RANDOM_BYTES).toString('hex')}`);
  mkdirSync(into);
  const [program = '', ...args] = unpackCommand(tarPath, into);
  const tar = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  tar.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const [exitCode] = (await once(tar, 'close')) as [number | null];
  rmSync(tarPath);
  if (exitCode === 0) {
    renameSync(into, join(layerDir, id));
    return;
  }
  rmSync(into, { recursive: true });
  throw new UserError(`layer ${id}: tar cannot unpack it`, {
    code: 'tar',
    exit: 5,
    facts: words.split('\n').filter((line) => line !== ''),
  });
};
