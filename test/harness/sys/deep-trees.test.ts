// Trees of more nested folders than a process may have open files.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseDump } from '../../../harness/images/dump-text.ts';
import type { Image } from '../../../harness/model/image.ts';
import { plantedTree } from '../../../harness/store/planted-tree.ts';
import { batchFiles } from '../../../harness/sys/batch-files.ts';
import { bind, check } from '../../../harness/sys/libc.ts';
import { needsRoot, temporaryFolder } from './support.ts';

const LEVELS = 1200;
const OPEN_FILES = 512n;
const RLIMIT_NOFILE = 7;
const MAKER = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, umask: process.umask() };

const prlimit = bind<(pid: number, which: number, wanted: Uint8Array | null, before: Uint8Array) => number>(
  'prlimit',
  ...['int', 'int', 'void *', 'void *'],
);

/** `work` with few open files allowed. */
const withFewFiles = (work: () => void): void => {
  const before = Buffer.alloc(16);
  check(prlimit(0, RLIMIT_NOFILE, null, before), 'prlimit');
  const few = Buffer.from(before);
  few.writeBigUInt64LE(OPEN_FILES, 0);
  check(prlimit(0, RLIMIT_NOFILE, few, Buffer.alloc(16)), 'prlimit');
  try {
    work();
  } finally {
    check(prlimit(0, RLIMIT_NOFILE, before, Buffer.alloc(16)), 'prlimit');
  }
};

/** In each folder a file, the next folder, and a file; nobody but root may enter a folder once its mode is set. */
const linesOf = (path: string, level: number): string[] => {
  const folder = `${path === '' ? '/' : path} 0 40000 2 0 0 0 ${level}.5 - - -`;
  const file = (name: string): string => `${path}/${name} 1 100640 1 0 0 0 ${level}.25 - x -`;
  const inner = level === LEVELS ? [] : linesOf(`${path}/d`, level + 1);
  return [folder, file('a'), ...inner, file('z')];
};

/** Type, mode and seconds of each entry, by its depth. */
const seenIn = (root: string): string[] => {
  const { stdout, status, stderr } = spawnSync('find', [root, '-printf', '%d %f %y %m %T@\\n'], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split('\n').sort();
};

describe('trees of many nested folders', {
  skip: needsRoot || (batchFiles === null && 'the library is not built'),
}, () => {
  const here = batchFiles!;

  test('makeTree and removeTree have few folders open at the same time', (t) => {
    const root = join(temporaryFolder(t), 'root');
    const tree = parseDump(Buffer.from(`${linesOf('', 0).join('\n')}\n`, 'latin1'));
    const nodes = plantedTree({ tree } as Image, MAKER).at(root);
    withFewFiles(() => here.makeTree({ linkStores: [], nodes }));
    const wanted = Array.from({ length: LEVELS + 1 }, (_, level) => [
      `${level} ${level === 0 ? 'root' : 'd'} d 0 ${level}.0000000050`,
      ...['a', 'z'].map((name) => `${level + 1} ${name} f 640 ${level}.0000000250`),
    ]);
    assert.deepEqual(seenIn(root), wanted.flat().sort());
    withFewFiles(() => here.removeTree(root));
    assert.ok(!existsSync(root));
  });

  test('a tree that is too deep is refused with the end of its path', (t) => {
    // Removed by rm: rmSync recurses with whole paths.
    const folder = mkdtempSync(join(tmpdir(), 'cfsbench-deep-'));
    t.after(() => spawnSync('rm', ['-rf', folder]));
    const root = join(folder, 'r'.repeat(200));
    mkdirSync(root);
    // Relative: the whole path is longer than a call takes.
    const made = spawnSync(
      process.execPath,
      ['-e', "for (let i = 0; i < 2100; i++) { fs.mkdirSync('d'); process.chdir('d'); }"],
      { cwd: root, encoding: 'utf8' },
    );
    assert.equal(made.status, 0, made.stderr);
    assert.throws(
      () => here.removeTree(root),
      (error: Error & { facts?: readonly string[] }) => {
        const text = [error.message, ...(error.facts ?? [])].join(' ');
        assert.match(text, /ELOOP/);
        assert.ok(text.includes('d/'.repeat(2000)), text.slice(0, 300));
        return true;
      },
    );
  });

  test('a folder with many names around a deep one is emptied', (t) => {
    const root = join(temporaryFolder(t), 'root');
    const at = join(root, 'd/'.repeat(600));
    mkdirSync(at, { recursive: true });
    // Listed in several pieces, in which the folders lie anywhere.
    for (let i = 0; i < 1500; i++) mkdirSync(join(at, `${i}`.padEnd(60, 'n'), 'inner'), { recursive: true });
    withFewFiles(() => here.removeTree(root));
    assert.ok(!existsSync(root));
  });
});
