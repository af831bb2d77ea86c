import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openDir } from '../../../harness/images/dir.ts';
import { flatten } from '../../../harness/images/layers.ts';
import type { Xattr } from '../../../harness/model/tree.ts';
import { writeLayerTar } from '../../../harness/store/layer-tar.ts';
import { unpackCommand } from '../../../harness/store/unpack.ts';
import { directory, type Entries, inline, linesOf, link, symlink, treeOf, whiteout } from './trees.ts';

const OPAQUE: Xattr = ['trusted.overlay.opaque', 'y'];
const needsRoot = process.getuid?.() === 0 ? {} : { skip: 'mounting overlayfs needs root' };

const STACK: readonly Entries[] = [
  {
    '': directory({ uid: 1 }),
    a: inline('one', { nlink: 3 }),
    b: link('/a'),
    c: link('/a'),
    d: directory({ mode: 0o40700, xattrs: [['user.x', 'low']] }),
    'd/e': directory(),
    'd/e/f': inline('low'),
    'd/gone': inline('low'),
    'd/kept': inline('low'),
    o: directory(),
    'o/hidden': inline('low'),
    s: symlink('a'),
    t: directory(),
    't/x': inline('low'),
  },
  {
    '': directory({ uid: 2, mtimeNsec: 5 }),
    a: inline('middle'),
    d: directory({ mode: 0o40711 }),
    'd/gone': whiteout(),
    'd/e': directory({ xattrs: [OPAQUE] }),
    'd/e/g': inline('middle'),
    o: directory({ xattrs: [OPAQUE, ['user.y', 'middle']] }),
    'o/seen': inline('middle'),
    s: directory(),
    t: inline('a file now'),
  },
  {
    d: directory(),
    'd/gone': inline('back'),
    o: directory({ gid: 3 }),
    'o/top': inline('top'),
    c: whiteout(),
  },
];

describe('layers unpacked and mounted with overlayfs', () => {
  it('show the flattened tree', needsRoot, async (context) => {
    const dir = mkdtempSync(join(tmpdir(), 'cfsbench-overlay-'));
    const at = join(dir, 'mounted');
    mkdirSync(at);
    try {
      const trees = STACK.map(treeOf);
      const lowers = trees.map((tree, i) => {
        const { tarPath } = writeLayerTar(join(dir, `${i}.tar`), tree, { objectDir: dir, rootless: false });
        const into = join(dir, String(i));
        mkdirSync(into);
        const [tar, ...options] = unpackCommand(tarPath, into);
        execFileSync(tar!, options);
        return into;
      });
      const options = `ro,lowerdir=${lowers.reverse().join(':')}`;
      const mount = spawnSync('mount', ['-t', 'overlay', 'overlay', '-o', options, at], { encoding: 'utf8' });
      if (mount.status !== 0) {
        context.skip(`overlayfs does not mount here: ${mount.stderr.trim()}`);
        return;
      }
      try {
        // st_nlink of the file system counts names that other layers hide.
        assert.deepEqual(
          linesOf((await openDir(at, 'dir:mounted')).tree, ['nlink']),
          linesOf(flatten(trees).tree, ['nlink']),
        );
      } finally {
        execFileSync('umount', [at]);
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
