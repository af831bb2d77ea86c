import assert from 'node:assert/strict';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { dropCaches } from '../../../harness/sys/caches.ts';
import { heldFrames, pageFrames } from '../../../harness/sys/page-frames.ts';
import { diskFolder } from '../../end-to-end/support.ts';
import { besideNeighbours } from '../../neighbours.ts';
import { needsRoot } from './support.ts';

const PAGES = 20;

const written = (path: string): string => {
  const fd = openSync(path, 'w');
  writeSync(fd, Buffer.alloc(PAGES * 4096, 'x'));
  fsyncSync(fd);
  closeSync(fd);
  return path;
};

describe('frames of cached pages', { skip: needsRoot }, () => {
  test('two names of one file have the same frames; a copy has others', (t) =>
    besideNeighbours(t, 'the caches', () => {
      const dir = diskFolder(t);
      const first = written(join(dir, 'first'));
      const copy = written(join(dir, 'copy'));
      linkSync(first, join(dir, 'second'));
      for (const path of [first, copy]) readFileSync(path);
      const one = new Set(heldFrames(first).frames);
      assert.equal(one.size, PAGES);
      assert.deepEqual(new Set(heldFrames(join(dir, 'second')).frames), one);
      assert.ok(heldFrames(copy).frames.every((frame) => !one.has(frame)));
    }));

  test(
    'held pages survive a drop of caches, and pageFrames reads no page in',
    {
      timeout: 60_000,
    },
    (t) =>
      besideNeighbours(
        t,
        'the caches',
        () => {
          const dir = diskFolder(t);
          const held = written(join(dir, 'held'));
          const loose = written(join(dir, 'loose'));
          const { frames } = heldFrames(held);
          readFileSync(loose);
          dropCaches();
          assert.deepEqual(pageFrames(held).frames, frames);
          for (let look = 0; look < 2; look++)
            assert.deepEqual(pageFrames(loose), { pages: PAGES, frames: [] });
        },
        1,
      ),
  );
});
