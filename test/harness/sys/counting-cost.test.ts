import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { serverPath } from '../../../harness/backends/server-path.ts';
import { imageBytes } from '../../../harness/erofs/writer.ts';
import { parseDump } from '../../../harness/images/dump-text.ts';
import { openBpfCounter } from '../../../harness/sys/bpf-counter.ts';
import { files } from '../../../harness/sys/files.ts';
import { mounts } from '../../../harness/sys/mounts.ts';
import { startServer } from '../../../harness/sys/servers.ts';
import { cpuUsage, processCpuNs } from '../../../harness/sys/usage.ts';
import { needsRoot, onOneCpu, privateMounts, temporaryFolder } from './support.ts';

const LIMIT_RATIO = 1.15;
const DIRECTORIES = 100;
const FILES_EACH = 60;
const PAIRS = 12;
const ATTEMPTS = 3;
const READ_ONLY = ['ro', 'nosuid', 'nodev'] as const;

const writeImage = (folder: string): string => {
  const lines = ['/ 4096 40755 2 0 0 0 0.0 - - -'];
  for (let d = 0; d < DIRECTORIES; d++) {
    lines.push(`/dir${d} 4096 40755 2 0 0 0 0.0 - - -`);
    for (let f = 0; f < FILES_EACH; f++) lines.push(`/dir${d}/file${f} 0 100644 1 0 0 0 0.0 - - -`);
  }
  const path = join(folder, 'image');
  writeFileSync(path, imageBytes(parseDump(Buffer.from(`${lines.join('\n')}\n`))));
  return path;
};

/** CPU time of `ls` and of the server: whoever else wants the CPU is not in it. */
const walkNs = (at: string, server: number | null): number => {
  const spentNs = (): number => {
    const { userNs, systemNs } = cpuUsage();
    return userNs + systemNs + (server === null ? 0 : (processCpuNs(server) ?? 0));
  };
  const from = spentNs();
  execFileSync('ls', ['-lR', at], { stdio: 'ignore' });
  return spentNs() - from;
};

/** Load from elsewhere only ever adds time, by colder caches, so the shortest walk of each kind is the one to compare. */
const slowdown = (at: string, server: number | null): number => {
  const shortest = { counted: Number.POSITIVE_INFINITY, plain: Number.POSITIVE_INFINITY };
  walkNs(at, server);
  for (let pair = 0; pair < PAIRS; pair++) {
    shortest.plain = Math.min(shortest.plain, walkNs(at, server));
    const counter = openBpfCounter();
    shortest.counted = Math.min(shortest.counted, walkNs(at, server));
    counter.close();
  }
  return shortest.counted / shortest.plain;
};

const expectCheap = (t: TestContext, at: string, server: number | null): void => {
  const seen: number[] = [];
  while (seen.length < ATTEMPTS && !seen.some((ratio) => ratio <= LIMIT_RATIO))
    seen.push(slowdown(at, server));
  t.diagnostic(`ratio: ${seen.map((ratio) => ratio.toFixed(3)).join(', ')}`);
  assert.ok(Math.min(...seen) <= LIMIT_RATIO, `ratios: ${seen.join(', ')}`);
};

const setUp = (t: TestContext) => {
  const folder = temporaryFolder(t);
  const [at, objects] = [join(folder, 'at'), join(folder, 'objects')];
  for (const path of [at, objects]) mkdirSync(path);
  return { folder, at, objects, image: writeImage(folder) };
};

describe('counting system calls', { skip: needsRoot }, () => {
  before(() => {
    privateMounts();
    onOneCpu();
  });

  test('slows ls -lR over EROFS and overlayfs by at most 1.15', (t) => {
    const { at, objects, image } = setUp(t);
    const lower = mounts.create('erofs', [['source', image]], READ_ONLY);
    const options = [
      ['lowerdir+', lower],
      ['datadir+', objects],
      ['metacopy', 'on'],
    ] as const;
    mounts.attach(mounts.create('overlay', options, READ_ONLY), at);
    files.close(lower);
    try {
      expectCheap(t, at, null);
    } finally {
      mounts.unmount(at);
    }
  });

  const skip = existsSync(serverPath) ? false : 'needs the compiled server cfs-fuse';
  test('slows ls -lR over FUSE by at most 1.15', { skip }, (t) => {
    const { folder, at, objects, image } = setUp(t);
    const argv = [serverPath, '--objects', objects, '--ready-fd', '{ready}', image, at];
    const server = startServer({ argv, log: join(folder, 'log'), limitMs: 10_000 });
    try {
      expectCheap(t, at, server.pid);
    } finally {
      mounts.unmount(at);
      server.close(5000);
    }
  });
});
