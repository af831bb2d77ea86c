// Device nodes of the test's own: a fault must not be able to replace those of the machine.
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MINORS = { null: '3', full: '7' } as const;

export const deviceNode = (path: string, device: keyof typeof MINORS): void => {
  execFileSync('mknod', [path, 'c', '1', MINORS[device]]);
};

const tried = (): string | false => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-nodes-'));
  const path = join(folder, 'null');
  try {
    const { status } = spawnSync('mknod', [path, 'c', '1', MINORS.null]);
    if (status !== 0) return 'device nodes cannot be made here';
    closeSync(openSync(path, 'w'));
    return false;
  } catch {
    return 'device nodes cannot be opened here';
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** The reason to skip a test, or false. */
export const noDeviceNodes: string | false = tried();
