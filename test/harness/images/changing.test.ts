import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openDir } from '../../../harness/images/dir.ts';
import { descriptorOf } from '../../../harness/images/oci-blobs.ts';
import { Spool } from '../../../harness/images/spool.ts';
import type { SourceImage } from '../../../harness/model/image.ts';
import { filePieces } from '../../../harness/store/bulk.ts';
import { OciLayout, tarOf } from './oci-layouts.ts';

const mkfifo = (path: string): void => {
  assert.equal(spawnSync('mkfifo', [path]).status, 0);
};

/** Replaces names of a directory by entries of other types, again and again, until its input ends. */
const FLIPPER = `
import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
const [dir, outside] = process.argv.slice(1);
const kinds = [
  (path) => writeFileSync(path, 'x'.repeat(1000)),
  (path) => symlinkSync(outside + '/secret', path),
  (path) => mkdirSync(path),
  (path) => symlinkSync(outside, path),
  (path) => spawnSync('mkfifo', [path]),
];
for (const [i, make] of kinds.entries()) make(dir + '-' + i);
process.stdin.on('end', () => process.exit()).resume();
process.stdout.write('ready');
// Each kind is under the name for a moment.
const flip = () => {
  for (let round = 0; round < 200; round++)
    for (const i of kinds.keys()) {
      renameSync(dir + '-' + i, dir + '/entry');
      renameSync(dir + '/entry', dir + '-' + i);
    }
  setImmediate(flip);
};
flip();
`;

describe('a layout that changes while it is read', () => {
  let layout: OciLayout;
  beforeEach(() => {
    layout = new OciLayout();
  });
  afterEach(() => layout.remove());

  const tar = tarOf({ path: 'f', contents: 'a'.repeat(600) });
  const other = tarOf({ path: 'f', contents: 'b'.repeat(600) });

  /** The contents of the layer, which become others after its digest was computed. */
  const readLayer = async (stored: Buffer, replace: (path: string) => void): Promise<string> => {
    const layer = descriptorOf(layout.blob(stored, 'application/vnd.oci.image.layer.v1.tar'), 'test');
    const spool = new Spool(layout.path, layout.path);
    try {
      return await spool.add(layer, undefined, ({ offset, sizeBytes }, fd) => {
        // The clock of change times has a resolution of some milliseconds.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
        replace(join(layout.path, 'blobs', layer.digest.replace(':', '/')));
        return [...filePieces(fd, offset, sizeBytes)].map(String).join('');
      });
    } finally {
      spool.close();
    }
  };

  it('is refused if the bytes of an uncompressed layer become others than those of the digest', async () => {
    assert.equal(await readLayer(tar, () => {}), String(tar));
    await assert.rejects(
      readLayer(tar, (path) => writeFileSync(path, other)),
      { code: 'changed', message: /blob changed after its digest/ },
    );
  });

  it('is refused if another file takes the place of an uncompressed layer', async () => {
    const replace = (path: string): void => {
      writeFileSync(`${path}-new`, other);
      renameSync(`${path}-new`, path);
    };
    await assert.rejects(readLayer(tar, replace), { code: 'changed' });
  });

  it('is read from the decompressed copy of a compressed layer', async () => {
    assert.equal(await readLayer(gzipSync(tar), (path) => writeFileSync(path, gzipSync(other))), String(tar));
  });
});

describe('a directory that changes while it is read', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'cfsbench-changing-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** More entries than are read at a time, so that a test can act after `A` was seen and before it is entered. */
  const fill = (): void => {
    mkdirSync(join(dir, 'tree/A'), { recursive: true });
    mkdirSync(join(dir, 'outside'));
    writeFileSync(join(dir, 'outside/secret'), 'secret');
    for (let i = 0; i < 700; i++) writeFileSync(join(dir, 'tree', `a${i}`), 'a');
    writeFileSync(join(dir, 'tree/A/inside'), 'i');
    writeFileSync(join(dir, 'tree/z'), 'z');
  };

  /** Opens the tree and calls `change` after its first 500 entries. */
  const openWhile = async (change: () => void): Promise<SourceImage> => {
    setImmediate(change);
    return openDir(join(dir, 'tree'), 'dir');
  };

  const changes: readonly (readonly [string, string, () => void])[] = [
    ['a file vanishes', 'tree/z', () => rmSync(join(dir, 'tree/z'))],
    [
      'a directory becomes a link out of the tree',
      'tree/A',
      () => {
        renameSync(join(dir, 'tree/A'), join(dir, 'moved'));
        symlinkSync(join(dir, 'outside'), join(dir, 'tree/A'));
      },
    ],
    [
      'a directory becomes another one',
      'tree/A',
      () => {
        renameSync(join(dir, 'tree/A'), join(dir, 'moved'));
        renameSync(join(dir, 'outside'), join(dir, 'tree/A'));
      },
    ],
    [
      'a directory becomes a fifo',
      'tree/A',
      () => {
        renameSync(join(dir, 'tree/A'), join(dir, 'moved'));
        mkfifo(join(dir, 'tree/A'));
      },
    ],
  ];
  for (const [what, entry, change] of changes)
    it(`is refused if ${what}`, async () => {
      fill();
      await assert.rejects(openWhile(change), {
        code: 'changed',
        facts: [`entry: ${join(dir, entry)}`],
      });
    });

  it('never blocks a read or leads it outside while entries change type', { timeout: 60_000 }, async () => {
    const tree = join(dir, 'tree');
    mkdirSync(tree);
    mkdirSync(join(dir, 'outside'));
    writeFileSync(join(dir, 'outside/secret'), 'secret');
    const flipper = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      FLIPPER,
      tree,
      join(dir, 'outside'),
    ]);
    try {
      await once(flipper.stdout, 'data');
      let refused = 0;
      for (let round = 0; round < 1500; round++)
        try {
          const { tree: read } = await openDir(tree, 'dir');
          for (let index = 0; index < read.count; index++) {
            const { content } = read.entry(index);
            assert.ok(read.path(index) === '/' || read.path(index) === '/entry', read.path(index));
            assert.notEqual(content, 'secret');
          }
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'changed', String(error));
          refused++;
        }
      assert.ok(refused > 0, 'nothing changed during a read');
    } finally {
      flipper.stdin.end();
      await once(flipper, 'exit');
    }
  });

  it('is refused if a file becomes something else before its contents are copied', async () => {
    mkdirSync(join(dir, 'tree'));
    const path = join(dir, 'tree/f');
    const open = async () => {
      writeFileSync(path, 'f'.repeat(5000));
      const image = await openDir(join(dir, 'tree'), 'dir');
      const ref = image.content(image.tree, 1);
      assert.ok(ref.kind === 'file');
      return () => [...filePieces(ref.file, ref.offset, ref.sizeBytes)];
    };
    const read = await open();
    truncateSync(path, 4000);
    assert.throws(read, { code: 'changed', message: /shorter/ });
    for (const replace of [() => mkfifo(path), () => symlinkSync('/dev/zero', path), () => mkdirSync(path)]) {
      rmSync(path, { recursive: true });
      const readNow = await open();
      rmSync(path);
      replace();
      assert.throws(readNow, /regular file|symbolic link|ELOOP/);
    }
  });

  it('keeps the size of a file that grows after the read', async () => {
    mkdirSync(join(dir, 'tree'));
    writeFileSync(join(dir, 'tree/f'), 'f'.repeat(5000));
    const image = await openDir(join(dir, 'tree'), 'dir');
    appendFileSync(join(dir, 'tree/f'), 'more');
    assert.equal(image.content(image.tree, 1).sizeBytes, 5000);
  });
});
